// Checks BLS signatures with a native addon, in a worker thread.
'use strict'

const { workerData } = require('worker_threads')
const blst = require('@chainsafe/blst')

const secret = blst.SecretKey.fromKeygen(Buffer.alloc(32, 7))
const key = secret.toPublicKey()
const messages = Array.from({ length: 4 }, (_, index) => Buffer.alloc(32, index + 1))
const signatures = messages.map((message) => secret.sign(message))

function verifyBatch() {
  return messages.every((message, index) => blst.verify(message, key, signatures[index]))
}

function loop() {
  if (!verifyBatch()) throw new Error('a signature does not hold')
  if (Date.now() < workerData.until) setTimeout(loop, 30)
}

loop()
