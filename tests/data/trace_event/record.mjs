// Records chromium-cpuprofile and chromium-trace through the DevTools protocol: see record.sh.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const [, , script, profileFile, traceFile] = process.argv;
const SECONDS = 1.3;
const CATEGORIES = "devtools.timeline,v8,disabled-by-default-v8.cpu_profiler";
const FLAGS =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking " +
  "--disable-component-update --disable-sync --remote-debugging-port=0 about:blank";

const page = createServer((request, response) => {
  const isScript = request.url === "/busy.js";
  response.setHeader("Content-Type", isScript ? "text/javascript" : "text/html");
  response.end(isScript ? readFileSync(script) : '<title>busy</title><script src="/busy.js"></script>');
}).listen(0, "127.0.0.1");
await new Promise((done) => page.on("listening", done));
const site = `http://127.0.0.1:${page.address().port}`;
const folder = mkdtempSync("chromium-");
const browser = spawn("chromium", [`--user-data-dir=${resolve(folder)}`, ...FLAGS.split(" ")], { stdio: "ignore" });

/** Writes JSON, the site named as if it had a port of its own. */
const save = (file, data) => writeFileSync(file, JSON.stringify(data).replaceAll(site, "http://127.0.0.1:8000"));

async function retry(what) {
  for (let left = 100; ; left--) {
    try {
      return await what();
    } catch (error) {
      if (!left) throw error;
      await sleep(100);
    }
  }
}

/** A connection: `call` sends a command and waits for its answer, `on` listens to events. */
async function connect(url) {
  const socket = new WebSocket(url);
  const answers = new Map();
  const listeners = new Map();
  let last = 0;
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.id) answers.get(message.id)(message.result);
    else listeners.get(message.method)?.(message.params);
  };
  await new Promise((resolve, reject) => Object.assign(socket, { onopen: resolve, onerror: reject }));
  const call = (method, params = {}) =>
    new Promise((resolve) => {
      answers.set(++last, resolve);
      socket.send(JSON.stringify({ id: last, method, params }));
    });
  return { call, on: (method, listener) => listeners.set(method, listener), close: () => socket.close() };
}

const port = await retry(() => readFileSync(join(folder, "DevToolsActivePort"), "utf8").split("\n")[0]);
const targets = await (await fetch(`http://127.0.0.1:${port}/json/list`)).json();
const tab = await connect(targets.find((target) => target.type === "page").webSocketDebuggerUrl);

await tab.call("Profiler.enable");
await tab.call("Profiler.setSamplingInterval", { interval: 1000 });
await tab.call("Profiler.start");
await tab.call("Page.navigate", { url: `${site}/` });
await sleep(1000 * SECONDS);
const { profile } = await tab.call("Profiler.stop");
save(profileFile, profile);

const events = [];
tab.on("Tracing.dataCollected", ({ value }) => events.push(...value));
const complete = new Promise((resolve) => tab.on("Tracing.tracingComplete", resolve));
await tab.call("Tracing.start", { traceConfig: { includedCategories: CATEGORIES.split(","), excludedCategories: ["*"] } });
await tab.call("Page.navigate", { url: `${site}/?again` });
await sleep(1000 * SECONDS);
await tab.call("Tracing.end");
await complete;
save(traceFile, { traceEvents: events });

await tab.call("Browser.close");
page.close();
process.exit();
