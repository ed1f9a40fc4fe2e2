import { describe, expect, it } from "vitest";
import type { ExplorerState } from "../../types/explorer";
import { seconds } from "../../types/units";
import { explorerLink, explorerQuery, parseExplorer } from "./explorerUrl";

const FULL: ExplorerState = {
  comm: ["node", "a & b"],
  pid: ["12"],
  tid: ["-1", "7"],
  cpu: ["0"],
  label: ["endpoint=/cart"],
  event: ["cpu-clock:ppp"],
  include: ["(?i)hash|\\d+ #", "x"],
  exclude: ["^ idle \\("],
  drop: ["libuv"],
  idle: true,
  weight: "period",
  flavor: "nodejs",
  inverted: true,
  view: "both",
  callers: "<b>f</b> (lib&c.so)",
  window: { start: seconds(60), end: seconds(600) },
  merge: "max",
  heat: "dominant",
  clock: "local",
  began: 1767605390.5,
  marks: ["deploys.csv"],
  lanes: "thread",
  stretch: { start: seconds(1.25), end: seconds(1.5) },
  lanesFold: "folded",
  lanesSort: "change",
  who: "function",
  compare: {
    kind: "elided",
    rest: false,
    file: "other #2.perf",
    type: "cpuprofile",
    range: { start: seconds(0.5), end: seconds(1) },
    window: { start: seconds(0), end: seconds(7) },
    flip: true,
    base: "second",
  },
  differencePalette: "safe",
  file: "sub dir/perf #1 +ä&b?.out",
  type: "trace_event",
  name: "the burst & <b>more</b> ü",
  range: { start: seconds(604 / 49), end: seconds(13.8) },
  rows: 49,
  columnLength: "250ms",
  filter: "node",
  search: "^JS:.*hash & more",
  zoom: "abcd1234",
  layout: "icicle",
  runs: "all",
  fit: true,
  palette: "safe",
  colour: "tier",
};

describe("explorer address", () => {
  it("comes back whole", () => {
    const text = explorerQuery(FULL).toString();
    expect(parseExplorer(new URLSearchParams(text))).toEqual(FULL);
  });

  it("keeps a comparison with the rest, and one with the whole of the same profile", () => {
    for (const rest of [true, false]) {
      const compare = { kind: "differential", rest, file: "", type: "perf", range: undefined, window: undefined, flip: false, base: "auto" } as const;
      const text = explorerQuery({ ...FULL, compare }).toString();
      expect(parseExplorer(new URLSearchParams(text)).compare).toEqual(compare);
    }
  });

  it("takes a value given twice once, and no empty ones", () => {
    expect(parseExplorer(new URLSearchParams("pid=7&pid=7&pid=&pid=8")).pid).toEqual(["7", "8"]);
    // A sample may have no command.
    expect(parseExplorer(new URLSearchParams("comm=a&comm=a&comm=&comm=b")).comm).toEqual(["a", "", "b"]);
  });

  it("leaves defaults out", () => {
    expect(explorerLink({ file: "perf.out" })).toBe("/explore?file=perf.out");
  });

  it.each([
    ["start=5&end=2", undefined],
    ["start=abc&end=2", undefined],
    ["start=1", undefined],
    ["start=&end=2", undefined],
    ["start=-1&end=2", undefined],
    ["start=0&end=0.5", { start: 0, end: 0.5 }],
  ])("reads the range of %s as %o", (text, range) => {
    expect(parseExplorer(new URLSearchParams(text)).range).toEqual(range);
  });

  it.each([
    ["rows=9", 0],
    ["rows=101", 0],
    ["rows=12.5", 0],
    ["rows=100", 100],
    ["", 0],
  ])("reads the rows of '%s' as %d", (text, rows) => {
    expect(parseExplorer(new URLSearchParams(text)).rows).toBe(rows);
  });

  it("falls back where a word is not one of ours", () => {
    const state = parseExplorer(new URLSearchParams("palette=<script>&layout=x&colour=y"));
    expect([state.palette, state.layout, state.colour]).toEqual(["red", "auto", "auto"]);
  });
});
