// The formats of a server, for tests of the page.
import type { Format } from "../../types/wire";

export const FORMATS: readonly Format[] = [
  { type: "perf", title: "perf script text", command: "perf script > perf.out" },
  { type: "perf", title: "perf.data", command: "perf record -g" },
  { type: "cpuprofile", title: "V8 CPU profile", command: "node --cpu-prof app.js" },
  { type: "folded", title: "folded stacks", command: "stackcollapse-perf.pl" },
  { type: "newest", title: "<b>newest</b> format", command: "newest --record 'a b'" },
];
