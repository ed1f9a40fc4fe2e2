import { expect, it } from "vitest";
import { NEW_COMPARISON, WHOLE_CUT, type ExplorerState } from "../../types/explorer";
import { seconds } from "../../types/units";
import { framePattern } from "../patterns";
import { viewWords } from "./viewWords";

const PLAIN: ExplorerState = {
  ...WHOLE_CUT,
  file: "a",
  type: "perf",
  name: "",
  range: undefined,
  rows: 0,
  columnLength: "auto",
  search: "",
  zoom: "",
  layout: "flame",
  runs: "collapsed",
  fit: false,
  inverted: false,
  palette: "red",
  colour: "kind",
  view: "graph",
  stretch: undefined,
  callers: "",
  window: undefined,
  merge: "sum",
  heat: "samples",
  clock: "seconds",
  began: undefined,
  marks: [],
  lanes: "auto",
  lanesFold: "auto",
  lanesSort: "selection",
  who: "auto",
  compare: undefined,
  differencePalette: "redblue",
};
const range = { start: seconds(1.5), end: seconds(3) };

it("says what a view shows", () => {
  expect(viewWords(PLAIN)).toBe("whole profile");
  expect(viewWords({ ...PLAIN, range, search: "hash", filter: "none" })).toBe(
    "selected 1.50–3.00 s · search hash · filter off",
  );
  expect(viewWords({ ...PLAIN, comm: ["a", "b", "c"], drop: [framePattern("f(x)")], idle: true })).toBe(
    "comm a, b and 1 more · hiding f(x) · with idle",
  );
  expect(viewWords({ ...PLAIN, window: range, view: "both", inverted: true, zoom: "x" })).toBe(
    "inverted · zoomed · graph and table · showing 1.50–3.00 s",
  );
});

it("writes times of a long profile as its axis does", () => {
  const noon = { start: seconds(43_200), end: seconds(43_260.5) };
  expect(viewWords({ ...PLAIN, range: noon, window: noon })).toBe(
    "selected 12:00:00.00–12:01:00.50 · showing 12:00:00.00–12:01:00.50",
  );
  // The beginning of a day is of a day, too, where it is known.
  expect(viewWords({ ...PLAIN, range }, 86_400)).toBe("selected 0:01.50–0:03.00");
  expect(viewWords({ ...PLAIN, range }, 61)).toBe("selected 1.50–3.00 s");
  const compare = { ...NEW_COMPARISON, range };
  expect(viewWords({ ...PLAIN, compare }, 86_400)).toBe("compared with 0:01.50–0:03.00");
  expect(viewWords({ ...PLAIN, compare: { ...compare, file: "b" } }, 86_400)).toBe("compared with b 1.50–3.00 s");
});

it("says what a comparison compares", () => {
  const compared = (part: Partial<typeof NEW_COMPARISON>) => viewWords({ ...PLAIN, compare: { ...NEW_COMPARISON, ...part } });
  expect(compared({})).toBe("compared with all of it");
  expect(compared({ rest: true })).toBe("compared with the rest");
  expect(compared({ kind: "elided", file: "b.perf", range })).toBe("new in b.perf 1.50–3.00 s");
});
