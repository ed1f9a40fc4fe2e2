import { describe, expect, it } from "vitest";
import { pieceOf } from "./heatmap";
import { busyColumns } from "./busyLine";
import { readCell, shownCells } from "./heatmapCells";
import { EMPTY_ANSWER } from "./heatmapFixture";
import { buildHeatmap } from "./heatmap";
import { recordedTicks } from "./heatmap";
import { isUnrecorded, unrecordedBlocks } from "./unrecorded";
import { tick } from "../../types/units";

const ROWS = 4;
const GRID = { columnMs: 1000, rows: ROWS };

/** Shown columns from left to right, each from the bottom up: a dot is a cell outside of the recording. */
function picture(begins: number, duration: number, view: { from: number; shown: number; merge: number }): string[] {
  const blocks = unrecordedBlocks(recordedTicks({ ...EMPTY_ANSWER, begins, duration }, GRID), ROWS, view);
  const columns = Math.ceil(view.shown / view.merge);
  return Array.from({ length: columns }, (_, column) =>
    Array.from({ length: ROWS }, (_, row) => (isUnrecorded(blocks, column, row) ? "." : "#")).join(""),
  );
}

describe("cells outside of a recording", () => {
  it("are those before its first and after its last moment", () => {
    expect(picture(0.6, 2.7, { from: 0, shown: 4, merge: 1 })).toEqual(["..##", "####", "####", "##.."]);
    expect(picture(0, 3.99, { from: 0, shown: 4, merge: 1 })).toEqual(["####", "####", "####", "####"]);
    expect(picture(0.3, 0.3, { from: 0, shown: 1, merge: 1 })).toEqual([".##."]);
  });

  it("are whole columns of a window beside the recording", () => {
    expect(picture(1.6, 0.3, { from: 0, shown: 4, merge: 1 })).toEqual(["....", "..##", "....", "...."]);
    expect(picture(1.5, 4.4, { from: 3, shown: 2, merge: 1 })).toEqual(["####", "####"]);
  });

  it("have no recorded part where columns are merged", () => {
    expect(picture(2.6, 3.6, { from: 0, shown: 8, merge: 2 })).toEqual(["....", "####", "####", "#..."]);
    expect(picture(3.6, 1, { from: 0, shown: 8, merge: 2 })).toEqual(["....", "..##", "###.", "...."]);
  });

  it("are none where the answer does not tell", () => {
    expect(recordedTicks(EMPTY_ANSWER, GRID)).toBeUndefined();
    expect(unrecordedBlocks(undefined, ROWS, { from: 0, shown: 2, merge: 1 })).toEqual([]);
  });

  it("never hold a sample, as a difference of long clocks may be off by a little", () => {
    expect(picture(0.25 + 1e-10, 0.5 - 2e-10, { from: 0, shown: 1, merge: 1 })).toEqual(["####"]);
  });
});

describe("a heatmap whose recording begins in its second column", () => {
  const answer = { ...EMPTY_ANSWER, columns: [0, 1], values: [0, 0, 3, 0], maxvalue: 3, busy: [0, 0.5], begins: 1.6, duration: 0.2 };
  const heatmap = buildHeatmap(answer);
  const view = { from: 0, shown: 2, merge: 1 };

  it("reads cells as unrecorded", () => {
    const cells = shownCells({ whole: pieceOf(answer), tiles: [] }, view, "sum");
    expect([0, 1, 2, 3].map((at) => readCell(cells, view, heatmap, tick(at)).unrecorded)).toEqual([true, true, true, false]);
  });

  it("has no busy CPUs before", () => {
    expect([...busyColumns({ whole: heatmap.whole, tiles: [] }, view)]).toEqual([NaN, 0.5]);
  });
});
