'use strict';
// A small web shop, made to be profiled: nothing here is a trick, every phase has a name of its own.
//
//   first seconds   start-up: loadCatalog, parseTemplates, precomputePrices, rebuildSearchIndex
//   afterwards      requests: renderProductPage, searchProducts, priceCart
//   every 5 s       rebuildSearchIndex, about 300 ms in one piece: the burst to be found on the heatmap
//
// node --perf-basic-prof service.js [port]

const http = require('node:http');
const crypto = require('node:crypto');

const PRODUCTS = 70000;
const TEMPLATES = 100000;
const PRICE_DAYS = 120;
const REBUILD_EVERY_MS = 5000;

const SYLLABLES = 'ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu'.split(' ');

// A seeded generator: the same catalogue in every recording.
let seed = 20;
function random(below) {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
}

function inventWord() {
  let word = '';
  for (let i = 2 + random(2); i > 0; i--) word += SYLLABLES[random(SYLLABLES.length)];
  return word;
}

function describeProduct(vocabulary) {
  const words = [];
  for (let i = 0; i < 24; i++) words.push(vocabulary[random(vocabulary.length)]);
  return words.join(' ');
}

function loadCatalog() {
  const vocabulary = Array.from({ length: 3000 }, inventWord);
  const catalog = [];
  for (let id = 0; id < PRODUCTS; id++) {
    const product = { id, name: inventWord(), description: describeProduct(vocabulary), cents: 100 + random(90000) };
    catalog.push(JSON.parse(JSON.stringify(product))); // as if read from a file
  }
  return { vocabulary, catalog };
}

function parseTemplate(source) {
  const parts = [];
  for (const piece of source.split('{')) {
    const [field, text] = piece.includes('}') ? piece.split('}') : ['', piece];
    parts.push({ field, text });
  }
  return parts;
}

function parseTemplates() {
  const templates = [];
  for (let i = 0; i < TEMPLATES; i++) {
    const rows = '<tr><th>{name}</th><td>{cents}</td></tr>'.repeat(1 + (i % 8));
    templates.push(parseTemplate(`<h1>{name}</h1><p>{description}</p><table id="t${i}">${rows}</table>`));
  }
  return templates;
}

function fillTemplate(template, product) {
  let html = '';
  for (const { field, text } of template) html += (field === '' ? '' : escapeHtml(product[field])) + text;
  return html;
}

function discountFor(product, day) {
  let discount = 0;
  for (let step = 1; step <= 12; step++) discount += Math.sin((product.id % 97) * step + day) / step;
  return Math.max(0, Math.min(0.4, discount / 4));
}

function precomputePrices(catalog) {
  const prices = new Float64Array(catalog.length);
  for (let day = 0; day < PRICE_DAYS; day++) {
    for (const product of catalog) prices[product.id] = product.cents * (1 - discountFor(product, day));
  }
  return prices;
}

function tokenizeDescription(text) {
  return text.toLowerCase().split(' ');
}

function stemWord(word) {
  return word.endsWith('e') || word.endsWith('i') ? word.slice(0, -1) : word;
}

function addToPostings(postings, word, id) {
  const list = postings.get(word);
  if (list === undefined) postings.set(word, [id]);
  else list.push(id);
}

function rebuildSearchIndex(catalog) {
  const postings = new Map();
  for (const product of catalog) {
    for (const word of tokenizeDescription(product.description)) addToPostings(postings, stemWord(word), product.id);
  }
  return postings;
}

function escapeHtml(value) {
  return String(value).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function renderProductPage(shop, id) {
  const template = shop.templates[id % shop.templates.length];
  let page = '';
  for (let i = 0; i < 1000; i++) page += fillTemplate(template, shop.catalog[(id + i) % PRODUCTS]);
  return page;
}

function rankResults(shop, ids) {
  const scored = ids.map(function scoreProduct(id) {
    return { id, score: shop.prices[id] + shop.catalog[id].name.length };
  });
  scored.sort(function byScore(a, b) {
    return a.score - b.score || a.id - b.id;
  });
  return scored.slice(0, 50);
}

function searchProducts(shop, query) {
  const found = [];
  for (const word of tokenizeDescription(query)) found.push(...(shop.postings.get(stemWord(word)) ?? []));
  return JSON.stringify(rankResults(shop, [...new Set(found)].slice(0, 2000)).map(({ id }) => shop.catalog[id]));
}

function signCart(lines) {
  return crypto.pbkdf2Sync(lines, 'example', 1200, 32, 'sha256').toString('hex');
}

function priceCart(shop, start) {
  const lines = [];
  for (let i = 0; i < 900; i++) {
    const id = (start * 31 + i * 17) % PRODUCTS;
    lines.push({ id, cents: Math.round(shop.prices[id]), discount: discountFor(shop.catalog[id], i) });
  }
  const cart = JSON.stringify(lines);
  return JSON.stringify({ lines, signature: signCart(cart) });
}

function routeRequest(shop, url) {
  const [, route, argument] = url.split('/');
  if (route === 'product') return renderProductPage(shop, Number(argument));
  if (route === 'search') return searchProducts(shop, decodeURIComponent(argument));
  if (route === 'cart') return priceCart(shop, Number(argument));
  return '';
}

function startUp() {
  const { vocabulary, catalog } = loadCatalog();
  const templates = parseTemplates();
  const prices = precomputePrices(catalog);
  const postings = rebuildSearchIndex(catalog);
  return { vocabulary, catalog, templates, prices, postings };
}

const shop = startUp();

http
  .createServer(function handleRequest(request, response) {
    response.end(routeRequest(shop, request.url));
  })
  .listen(Number(process.argv[2] ?? 8123), '127.0.0.1');

setInterval(function refreshSearch() {
  shop.postings = rebuildSearchIndex(shop.catalog);
}, REBUILD_EVERY_MS);
