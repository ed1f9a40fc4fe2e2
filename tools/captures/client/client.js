// A small relative of a blockchain client, to be profiled: it decodes blocks, matches patterns, compiles rules and
// allocates much in its main thread, checks signatures with a native addon in one worker thread and hashes with
// WebAssembly in another. client.js SECONDS ends by itself.
'use strict'

const fs = require('fs')
const path = require('path')
const vm = require('vm')
const zlib = require('zlib')
const { Worker } = require('worker_threads')

const until = Date.now() + 1000 * Number(process.argv[2] || 10)

function makeBlock(slot) {
  const attestations = []
  for (let index = 0; index < 160; index++) {
    attestations.push({ slot, index, root: `0x${(slot * 7919 + index).toString(16).padStart(64, '0')}`, bits: [slot & 1, 1, 0, 1] })
  }
  return { slot, proposer: `validator-${slot % 977}`, attestations, graffiti: `block ${slot} by someone@example.org` }
}

function decodeBlock(text) {
  return JSON.parse(text)
}

const CONTACT = /(?:[a-z0-9._%+-]+)@(?:[a-z0-9-]+\.)+[a-z]{2,}/gi

function matchGraffiti(text) {
  let found = 0
  for (const match of text.repeat(400).matchAll(CONTACT)) found += match[0].length
  return found
}

function applyBlock(state, block) {
  for (const vote of block.attestations) {
    const key = `${vote.root}:${vote.index}`
    state.votes.set(key, Object.assign({}, vote, { weight: vote.bits.reduce((sum, bit) => sum + bit, 0) }))
  }
  if (state.votes.size > 60_000) state.votes = new Map([...state.votes].slice(30_000))
}

function compileRule(slot) {
  const terms = Array.from({ length: 40 }, (_, index) => `function t${slot}_${index}(a, b) { return a * ${index} + b.length - ${slot % 13} }`)
  return vm.runInThisContext(`(function () { ${terms.join('\n')}; return t${slot}_7(3, 'rule') })`)()
}

function storeBlock(text, done) {
  zlib.deflate(text, (error, packed) => {
    if (error) throw error
    fs.writeFile(path.join(__dirname, '.block.tmp'), packed, done)
  })
}

const state = { votes: new Map(), head: 0 }

function step(slot) {
  const text = JSON.stringify(makeBlock(slot))
  const block = decodeBlock(text)
  applyBlock(state, block)
  state.head += matchGraffiti(block.graffiti) + compileRule(slot)
  const next = () => (Date.now() < until ? setImmediate(step, slot + 1) : undefined)
  if (slot % 40 === 0) storeBlock(text, () => setTimeout(next, 2))
  else next()
}

for (const file of ['signatures.js', 'hashes.js']) {
  new Worker(path.join(__dirname, file), { workerData: { until } }).on('error', (error) => { throw error })
}
step(1)
