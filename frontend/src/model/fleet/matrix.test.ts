import { expect, it } from "vitest";
import type { FleetMatrixAnswer } from "../../types/wire";
import { buildMatrix, timeOfColumns } from "./matrix";

const ANSWER: FleetMatrixAnswer = {
  start: 600,
  end: 780,
  leftOut: 0,
  leftOutFiles: [],
  by: "host",
  step: 60,
  columns: 3,
  rows: ["a", "b"],
  row: [0, 0, 1, 1],
  column: [0, 2, 0, 1],
  samples: [10, 20, 30, 40],
  idle: [0, 0, 0, 0],
  busy: [0.5, 1, 2, null],
  windows: [1, 2, 3, 4],
};

it("puts the busiest rows first, and keeps what was not recorded apart from zero", () => {
  const matrix = buildMatrix(ANSWER);
  expect(matrix.rows).toEqual(["b", "a"]);
  expect([...matrix.values]).toEqual([2, NaN, NaN, 0.5, NaN, 1]);
  expect([...matrix.windows]).toEqual([3, 4, 0, 1, 0, 2]);
  expect([...matrix.totals]).toEqual([2, 0.75]);
  expect([matrix.maximum, matrix.unit]).toEqual([2, "busy CPUs"]);
});

it("counts the samples of a function where one is asked for", () => {
  const matrix = buildMatrix({ ...ANSWER, matches: [5, 0, 1, 1] });
  expect(matrix.rows).toEqual(["a", "b"]);
  expect([...matrix.totals]).toEqual([5, 2]);
  expect(matrix.unit).toBe("samples");
});

it("turns columns into time in either direction", () => {
  const matrix = buildMatrix(ANSWER);
  expect(timeOfColumns(matrix, 2, 1)).toEqual({ from: 660, to: 780 });
});
