import { describe, expect, it } from "vitest";
import { px } from "../../types/units";
import { buildHeatmap } from "./heatmap";
import { EMPTY_ANSWER } from "./heatmapFixture";
import { hasOutlines, isInPlot, layoutHeatmap, offsetMarks, tickUnder, timeMarks } from "./heatmapLayout";
import { LOW_PLOT_HEIGHT } from "./plotHeight";

function heatmapOf(columns: number, rows: number) {
  return buildHeatmap({
    ...EMPTY_ANSWER,
    rows: Array.from({ length: rows }, (_, row) => (1000 * (rows - 1 - row)) / rows),
    columns: Array.from({ length: columns }, (_, column) => column),
    values: new Array<number>(columns * rows).fill(0),
  });
}

describe("heatmap layout", () => {
  it.each([10, 25, 49, 50, 99, 100])("finds the middle of every cell with %d rows", (rows) => {
    const heatmap = heatmapOf(61, rows);
    const layout = layoutHeatmap(heatmap, px(1100));
    for (let at = 0; at < 61 * rows; at += 1) {
      const x = layout.plotLeft + (Math.floor(at / rows) + 0.5) * layout.cellWidth;
      const y = layout.plotTop + (rows - 1 - (at % rows) + 0.5) * layout.cellHeight;
      expect(tickUnder(heatmap, layout, x, y)).toBe(at);
    }
  });

  it("fits the width whatever the number of columns", () => {
    for (const columns of [1, 5, 61, 180, 3600]) {
      const layout = layoutHeatmap(heatmapOf(columns, 10), px(1100));
      expect(layout.plotLeft + layout.plotWidth).toBeLessThanOrEqual(1100);
    }
  });

  it("takes the nearest cell beyond the edges", () => {
    const heatmap = heatmapOf(3, 4);
    const layout = layoutHeatmap(heatmap, px(600));
    expect(tickUnder(heatmap, layout, -50, 1e6)).toBe(0);
    expect(tickUnder(heatmap, layout, 1e6, -50)).toBe(11);
    expect(isInPlot(layout, layout.plotLeft - 1, layout.plotTop + 1)).toBe(false);
    expect(isInPlot(layout, layout.plotLeft, layout.plotTop)).toBe(true);
  });

  it("writes as many times as have room", () => {
    for (const columns of [1, 10, 61, 180, 3600, 100_000]) {
      const layout = layoutHeatmap(heatmapOf(columns, 10), px(1100));
      const marks = timeMarks(layout);
      expect(marks[0]?.value).toBe(0);
      const gap = (marks[1]?.offset ?? Infinity) - marks[0]!.offset;
      // A clock with hours is wider than a number of seconds.
      expect(gap).toBeGreaterThanOrEqual(columns < 3600 ? 40 : 60);
    }
  });

  it("has room for outlines in cells of a screen that is not shared", () => {
    expect(hasOutlines(layoutHeatmap(heatmapOf(61, 50), px(1100)))).toBe(true);
    expect(hasOutlines(layoutHeatmap(heatmapOf(61, 50), px(1100), undefined, LOW_PLOT_HEIGHT))).toBe(false);
    expect(hasOutlines(layoutHeatmap(heatmapOf(3600, 10), px(1100)))).toBe(false);
  });

  it("writes milliseconds from the bottom up", () => {
    const layout = layoutHeatmap(heatmapOf(10, 50), px(800));
    const marks = offsetMarks(layout);
    expect(marks.map((mark) => mark.value)).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
    expect(marks[0]?.offset).toBe(layout.plotHeight);
  });
});
