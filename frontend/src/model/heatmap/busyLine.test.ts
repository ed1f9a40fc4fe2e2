import { expect, it } from "vitest";
import { busyColumns, busyTop } from "./busyLine";
import { pieceOf } from "./heatmap";
import { EMPTY_ANSWER } from "./heatmapFixture";

const whole = pieceOf({
  ...EMPTY_ANSWER,
  rows: [0],
  columns: [0, 1, 2, 3],
  values: [1, 1, 1, 1],
  busy: [2, 1, 0, null],
});
const picture = { whole, tiles: [] };

it("shows the server's number for each second, and the mean of joined ones", () => {
  expect([...busyColumns(picture, { from: 0, shown: 4, merge: 1 })]).toEqual([2, 1, 0, NaN]);
  expect([...busyColumns(picture, { from: 1, shown: 2, merge: 1 })]).toEqual([1, 0]);
  expect([...busyColumns(picture, { from: 0, shown: 4, merge: 2 })]).toEqual([1.5, NaN]);
});

it("takes finer numbers where they have arrived", () => {
  const coarse = pieceOf({ ...EMPTY_ANSWER, rows: [0], columns: [0, 5], values: [9, 9], step: 5, seconds: 10, busy: [1, 2] });
  const tile = pieceOf({ ...EMPTY_ANSWER, rows: [0], columns: [0, 1], values: [9, 9], step: 1, busy: [0.5, 0.25] });
  const view = { from: 0, shown: 3, merge: 1 };
  expect([...busyColumns({ whole: coarse, tiles: [] }, view)]).toEqual([1, 1, 1]);
  expect([...busyColumns({ whole: coarse, tiles: [tile] }, view)]).toEqual([0.5, 0.25, 1]);
});

it("has an axis up to all CPUs, or to the busiest column", () => {
  expect(busyTop(Float64Array.of(0.4, NaN), 2)).toBe(2);
  expect(busyTop(Float64Array.of(2.04), 2)).toBe(2.1);
  expect(busyTop(Float64Array.of(0.24), undefined)).toBe(0.3);
});
