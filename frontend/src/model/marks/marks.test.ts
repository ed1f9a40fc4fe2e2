import { expect, it } from "vitest";
import type { MarkFile } from "../../types/wire";
import { lossOf, marksBetween, marksOf, NO_MARKS } from "./marks";

const FILE: MarkFile = {
  name: "a.marks.csv",
  error: null,
  clock: "axis",
  series: ["slow", "deploy"],
  rows: { start: [4, 1, 5], end: [6, 1, 5], count: [1, 1, 7], series: [0, 1, 0], text: ["GET /", "v2", ""] },
  outside: 3,
  skipped: 1,
  notes: ["row 5: 'x' is no time"],
};

it("joins the files, sorted by time, each series with a colour of its own", () => {
  const found = marksOf({ files: [FILE, { ...FILE, series: ["gc"], rows: { start: [2], end: [2.5], count: [1], series: [0], text: ["Scavenge"] } }] });
  expect(found.series.map(({ name, hue, count }) => [name, hue, count])).toEqual([["slow", 0, 8], ["deploy", 1, 1], ["gc", 2, 1]]);
  expect(found.marks.map(({ start }) => start)).toEqual([1, 2, 4, 5]);
  expect(marksOf(undefined)).toBe(NO_MARKS);
});

it("names those at a time, and counts the rest", () => {
  const marks = marksOf({ files: [FILE] });
  expect(marksBetween(marks, 0, 1)).toBe("");
  expect(marksBetween(marks, 1, 2)).toBe("deploy v2");
  expect(marksBetween(marks, 5, 6)).toBe("slow GET /, slow and 6 more");
});

it("tells what is not shown", () => {
  expect(lossOf(FILE)).toBe("3 outside of the profile · 1 row skipped (row 5: 'x' is no time)");
  expect(lossOf({ ...FILE, outside: 0, skipped: 0 })).toBe("");
});
