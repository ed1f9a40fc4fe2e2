import { expect, it } from "vitest";
import type { ProfileInfo } from "../../types/wire";
import { profileFacts } from "./profileFacts";

const INFO = {
  duration: 20.02,
  samples: 1539,
  unit: "samples",
  frequency: 49.0001,
  mainEvents: ["cpu-clock:ppp"],
  cpus: [{ value: 0, samples: 1539, busy: 1 }],
  header: {},
} as unknown as ProfileInfo;

it("says what was recorded, and no more than the file says", () => {
  expect(profileFacts(undefined)).toBe("");
  expect(profileFacts(INFO)).toBe("20.0 s · 1\u202f539 samples · cpu-clock:ppp at 49 Hz");
});

it("names host, CPUs, time and command of the header, which may hold anything", () => {
  const header = {
    hostname: "web-07\u202e",
    "nrcpus online": "2",
    "captured on": "Sun Nov 22 15:40:55 2026",
    cmdline: "/usr/bin/perf record -g -- node server.js -- <b>",
  };
  expect(profileFacts({ ...INFO, header })).toBe(
    "web-07\\u202e · 20.0 s · 1\u202f539 samples · cpu-clock:ppp at 49 Hz · 2 CPUs · captured Sun Nov 22 15:40:55 2026 · node server.js -- <b>",
  );
});

it("does not name samples twice, and counts the lines of folded stacks as stacks", () => {
  const folded = { ...INFO, format: "folded", duration: null, frequency: null, samples: 4, mainEvents: ["samples"] };
  expect(profileFacts(folded)).toBe("4 stacks");
});

it("leaves out the number of ticks into which slices are cut", () => {
  expect(profileFacts({ ...INFO, unit: "microseconds", mainEvents: ["slice"] })).toBe("20.0 s");
});

it("tells the samples of a CPU profile from those that its graph counts", () => {
  expect(profileFacts({ ...INFO, samples: 408, inFunctions: 269, mainEvents: ["sample"] })).toBe("20.0 s · 408 samples, 269 in functions · 49 Hz");
});
