"use strict";
// Loaded into a Node program before its first step: V8 samples each thread, and a .cpuprofile of each is written when
// it ends, or after NODE_SAMPLING_SECONDS. For machines without perf; --cpu-prof writes none for a program that a
// signal ends.
const { Session } = require("inspector");
const { renameSync, writeFileSync } = require("fs");
const { isMainThread, threadId } = require("worker_threads");

const {
  NODE_SAMPLING_FOLDER: folder,
  NODE_SAMPLING_MICROSECONDS: interval,
  NODE_SAMPLING_SECONDS: seconds,
} = process.env;
const session = new Session();
session.connect();
session.post("Profiler.enable");
session.post("Profiler.setSamplingInterval", { interval: Number(interval) });
session.post("Profiler.start");

let written = false;
function write() {
  if (written) return;
  written = true;
  // Answers before it returns, also while the process ends.
  session.post("Profiler.stop", (error, answer) => {
    if (error) throw new Error(error.message);
    const path = `${folder}/${process.pid}.${threadId}`;
    writeFileSync(`${path}.new`, JSON.stringify(answer.profile));
    renameSync(`${path}.new`, `${path}.cpuprofile`);
  });
}

process.on("exit", write);
if (seconds) setTimeout(write, 1000 * Number(seconds)).unref();
if (isMainThread) {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, function last() {
      // A program with a listener of its own decides for itself.
      if (process.listenerCount(signal) > 1) return;
      write();
      process.removeListener(signal, last);
      process.kill(process.pid, signal);
    });
  }
}
