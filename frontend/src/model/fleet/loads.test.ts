import { expect, it } from "vitest";
import type { FleetMatrixAnswer } from "../../types/wire";
import { unusualLoads } from "./loads";
import { buildMatrix } from "./matrix";

/** Rows of busy CPUs by column, null where nothing was recorded; a hundred samples are one busy CPU. */
function matrix(rows: Readonly<Record<string, readonly (number | null)[]>>, samples = 100) {
  const names = Object.keys(rows);
  const cells = names.flatMap((name, row) => rows[name]!.flatMap((busy, column) => (busy === null ? [] : [{ row, column, busy }])));
  const answer: FleetMatrixAnswer = {
    start: 600,
    end: 600 + 60 * 6,
    leftOut: 0,
    leftOutFiles: [],
    by: "host",
    step: 60,
    columns: 6,
    rows: names,
    row: cells.map(({ row }) => row),
    column: cells.map(({ column }) => column),
    samples: cells.map(({ busy }) => samples * busy),
    idle: cells.map(() => 0),
    busy: cells.map(({ busy }) => busy),
    windows: cells.map(() => 1),
  };
  return buildMatrix(answer);
}

const EVEN = [1, 1, 1, 1, 1, 1];

it("names the host that is busier than the others", () => {
  expect(unusualLoads(matrix({ a: EVEN, b: EVEN, c: [4, 4, 4, 4, 4, 4] }))).toEqual([{ row: "c", busy: 4, usual: 1, time: undefined }]);
});

it("names the time at which one host is busier than else", () => {
  const found = unusualLoads(matrix({ a: EVEN, b: [1, 1, null, 5, 1, 1], c: [1, 1, 1, 2, 1, 1] }));
  expect(found).toEqual([{ row: "b", busy: 5, usual: 1, time: { from: 780, to: 840 } }]);
});

it("is silent where all hosts are busier at a time, and where chance explains it", () => {
  const busy = [1, 1, 1, 5, 1, 1];
  expect(unusualLoads(matrix({ a: busy, b: busy, c: busy }))).toEqual([]);
  expect(unusualLoads(matrix({ a: EVEN, b: busy, c: EVEN }, 8))).toEqual([]);
  expect(unusualLoads(matrix({ a: EVEN, b: [4, 4, 4, 4, 4, 4] }))).toEqual([]);
});

it("does not compare samples, whose rate is unknown, or those of a function", () => {
  const found = matrix({ a: EVEN, b: EVEN, c: [4, 4, 4, 4, 4, 4] });
  expect(unusualLoads({ ...found, unit: "samples" })).toEqual([]);
});
