import { expect, it } from "vitest";
import { reportWords, type ReportPart } from "./parseReport";

const WHOLE: ReportPart = {
  skipped: 0,
  withoutStack: 0,
  outOfOrder: 0,
  lostEvents: 0,
  repaired: 0,
  other: {},
  notes: [],
  messages: [],
};

it("tells nothing of a file that was read whole", () => {
  expect(reportWords(WHOLE)).toBeUndefined();
  expect(reportWords({ ...WHOLE, outOfOrder: 5, withoutStack: 2 })).toBeUndefined();
});

it("tells what was skipped, where, and how much is not told", () => {
  const words = reportWords({
    ...WHOLE,
    skipped: 3,
    outOfOrder: 1,
    notes: [{ reason: "not a frame", line: 1200, text: "<b>x</b>" }],
    messages: ["perf: bad symbol"],
  });
  expect(words).toEqual({
    summary: "Reading the file: 3 lines skipped, 1 sample out of order. perf: bad symbol",
    messages: ["line 1\u202f200: not a frame: <b>x</b>"],
    more: 2,
  });
});

it("says at once that a file is cut off", () => {
  const cut = "The compressed file ends early: only what could be read is shown.";
  expect(reportWords({ ...WHOLE, messages: [cut, "perf: more"] })).toEqual({ summary: cut, messages: ["perf: more"], more: 0 });
});

it("names lines without a place in a profile beside what is lost, and not by themselves", () => {
  const other = { "source lines": 1000, registers: 1 };
  expect(reportWords({ ...WHOLE, other })).toBeUndefined();
  expect(reportWords({ ...WHOLE, skipped: 1, other })?.summary).toBe(
    "Reading the file: 1 line skipped, 1\u202f001 other lines (source lines: 1\u202f000, registers: 1).",
  );
});
