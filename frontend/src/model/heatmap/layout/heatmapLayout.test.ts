import { describe, expect, it } from "vitest";
import { px, seconds } from "../../../types/units";
import { buildHeatmap } from "../heatmap";
import { EMPTY_ANSWER } from "../heatmapFixture";
import { hasOutlines, isInPlot, layoutHeatmap, offsetLabels, secondUnder, shownSeconds, tickUnder, timeLabels, xOfSecond } from "./heatmapLayout";
import { LOW_PLOT_HEIGHT } from "./plotHeight";

function heatmapOf(columns: number, rows: number, columnMs = 1000) {
  return buildHeatmap({
    ...EMPTY_ANSWER,
    columnMs,
    seconds: Math.ceil((columns * columnMs) / 1000),
    rows: Array.from({ length: rows }, (_, row) => (columnMs * (rows - 1 - row)) / rows),
    columns: Array.from({ length: columns }, (_, column) => (column * columnMs) / 1000),
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
      const labels = timeLabels(layout);
      expect(labels[0]?.value).toBe(0);
      const gap = (labels[1]?.offset ?? Infinity) - labels[0]!.offset;
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
    const labels = offsetLabels(layout);
    expect(labels.map((label) => label.value)).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
    expect(labels[0]?.offset).toBe(layout.plotHeight);
  });

  it("has columns of other lengths on the same time axis", () => {
    const heatmap = heatmapOf(120, 10, 250);
    expect([heatmap.columns, heatmap.seconds]).toEqual([120, 30]);
    const layout = layoutHeatmap(heatmap, px(1100));
    expect(layout.plotHeight).toBe(250);
    expect(xOfSecond(layout, 15) - layout.plotLeft).toBeCloseTo(layout.plotWidth / 2);
    expect(secondUnder(layout, xOfSecond(layout, 7.1))).toBeCloseTo(7.1);
    expect(shownSeconds(layout)).toEqual({ from: 0, to: 30 });
    expect(offsetLabels(layout).map(({ value }) => value)).toEqual([0, 25, 50, 75, 100, 125, 150, 175, 200, 225]);
    const part = layoutHeatmap(heatmap, px(1100), { start: seconds(8), end: seconds(12) });
    expect(part.view).toEqual({ from: 32, shown: 16, merge: 1 });
    expect(timeLabels(part)[1]!.value).toBeCloseTo(8.2);
    const minutes = layoutHeatmap(heatmapOf(2880, 25, 60_000), px(1100));
    expect([minutes.view.merge, shownSeconds(minutes).to]).toEqual([5, 172_800]);
    expect(offsetLabels(minutes).map(({ value }) => value)).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000]);
  });
});
