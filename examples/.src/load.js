'use strict';
// Sends requests to service.js at a steady average rate, with random gaps, whether or not answers are late.
//
// node load.js [port] [requests per second]

const http = require('node:http');

const port = Number(process.argv[2] ?? 8123);
const perSecond = Number(process.argv[3] ?? 30);
const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });
const words = 'ditu guha lolo naceba loyo weyo ceyo hanaha lozuha soyoba'.split(' '); // all in the seeded catalogue

function choosePath() {
  const id = Math.floor(Math.random() * 40000);
  const first = id % 7;
  const kind = Math.random();
  if (kind < 0.4) return `/product/${id}`;
  if (kind < 0.8) return `/search/${encodeURIComponent(words.slice(first, first + 4).join(' '))}`;
  return `/cart/${id}`;
}

function sendRequest() {
  const request = http.get({ port, host: '127.0.0.1', path: choosePath(), agent }, (response) => response.resume());
  request.on('error', () => {}); // the service is still starting
}

// Gaps of this shape are how independent visitors arrive.
function scheduleNext() {
  setTimeout(scheduleNext, (-Math.log(1 - Math.random()) * 1000) / perSecond);
  sendRequest();
}

scheduleNext();
