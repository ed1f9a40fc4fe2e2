// Writes wall.pb.gz and the sums of its values: npm install @datadog/pprof@5.20.0 && node wall.js (Node 20).
// Run it in /srv/app: the profile names its folder.
const fs = require("node:fs");
const path = require("node:path");
const pprof = require("@datadog/pprof");

function fib(n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

function spin(milliseconds) {
  const end = Date.now() + milliseconds;
  let sum = 0;
  while (Date.now() < end) sum += Math.sqrt(sum + 1);
  return sum;
}

function labels({ context }) {
  return { "thread name": "Main", "end_timestamp_ns": BigInt(context.timestamp) * 1000n };
}

async function main() {
  pprof.time.start({ durationMillis: 2500, intervalMicros: 10_000, withContexts: true, collectCpuTime: true });
  for (let turn = 0; turn < 40; turn++) {
    fib(27);
    spin(20);
    await new Promise((done) => setTimeout(done, 10));
  }
  const profile = pprof.time.stop(false, labels);
  const strings = profile.stringTable.strings;
  const totals = profile.sampleType.map((type, place) => [
    strings[type.type],
    Number(profile.sample.reduce((sum, sample) => sum + BigInt(sample.value[place]), 0n)),
  ]);
  fs.writeFileSync(path.join(__dirname, "wall.pb.gz"), await pprof.encode(profile));
  fs.writeFileSync(path.join(__dirname, "wall.json"), JSON.stringify(Object.fromEntries(totals)) + "\n");
}

main();
