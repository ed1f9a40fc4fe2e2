import { describe, expect, it } from "vitest";
import { px, seconds, tick } from "../../types/units";
import { buildHeatmap } from "./heatmap";
import { EMPTY_ANSWER } from "./heatmapFixture";
import { layoutHeatmap, tickUnder, xOfSecond } from "./layout/heatmapLayout";
import {
  followed,
  mergeFactor,
  panned,
  pannedWindow,
  pinched,
  snappedToColumns,
  viewOf,
  windowAt,
  windowOf,
  windowOfSpan,
  zoomed,
  zoomedWindow,
} from "./heatmapView";
import { draggedWindow, edgeUnder, stripBars } from "./overview";
import { grabbed, handlesOf } from "./selection/selectionHandles";

/** Two rows; second s has s samples below and 1 above. */
function heatmapOf(columns: number) {
  const all = Array.from({ length: columns }, (_, second) => second);
  return buildHeatmap({ ...EMPTY_ANSWER, columns: all, values: all.flatMap((second) => [1, second]), maxvalue: columns });
}
const range = (start: number, end: number) => ({ start: seconds(start), end: seconds(end) });

describe("what of a long profile is shown", () => {
  it("merges by steps that read well, and not at all where there is room", () => {
    expect([60, 1100, 1400, 3600, 86_400, 1e6].map((columns) => mergeFactor(columns, 1100))).toEqual([1, 1, 5, 5, 120, 1800]);
    expect(mergeFactor(1e8, 1100) % 3600).toBe(0);
  });

  it("shows whole columns, from multiples of what they merge, and stays inside", () => {
    expect(viewOf(86_400, 1000, range(1000, 80_000), 1100)).toEqual({ from: 960, shown: 79_080, merge: 120 });
    expect(viewOf(86_399, 1000, undefined, 1100)).toEqual({ from: 0, shown: 86_399, merge: 120 });
    expect(viewOf(10, 1000, range(50, 60), 1100)).toEqual({ from: 9, shown: 1, merge: 1 });
    expect(viewOf(0, 1000, undefined, 1100)).toEqual({ from: 0, shown: 0, merge: 1 });
  });

  it("zooms around the pointer and pans, never out of the profile", () => {
    const view = { from: 100, seconds: 200, merge: 1 };
    expect(zoomedWindow(view, 1000, 150, 0.5)).toEqual(range(125, 225));
    expect(zoomedWindow(view, 1000, 150, 100)).toBeUndefined();
    expect(zoomedWindow(view, 1000, 100, 1e-9)).toEqual(range(100, 104));
    expect(pannedWindow(view, 1000, 5000)).toEqual(range(800, 1000));
    expect(pannedWindow(view, 1000, -5000)).toEqual(range(0, 200));
    expect(windowAt(0, 1000, 1000)).toBeUndefined();
    expect(windowOf(range(500, 600), 1000)).toEqual(range(495, 605));
  });

  it("gets somewhere by steps that are smaller than a second", () => {
    let span = { from: 100, seconds: 10 };
    for (let step = 0; step < 20; step += 1) span = panned(span, 1000, 0.1);
    expect(windowOfSpan(span, 1000)).toEqual(range(102, 112));
    for (let step = 0; step < 35; step += 1) span = zoomed(span, 1000, 102, 1.02);
    expect(windowOfSpan(span, 1000)).toEqual(range(102, 122));
  });

  it("keeps the seconds that two fingers hold under them", () => {
    // They lay on seconds 100 and 200, and now are at a quarter and at three quarters of the width.
    expect(pinched([100, 200], [0.25, 0.75], 1000)).toEqual({ from: 50, seconds: 200 });
    expect(pinched([100, 200], [0.5, 1], 1000)).toEqual({ from: 0, seconds: 200 });
    expect(pinched([200, 100], [0.75, 0.25], 1000)).toEqual({ from: 50, seconds: 200 });
    expect(pinched([100, 200], [0.5, 0.5], 1000)).toBeUndefined();
    expect(pinched([100, 200], [0.75, 0.25], 1000)).toBeUndefined();
    expect(pinched([100, 101], [0, 1], 1000)).toEqual({ from: 98.5, seconds: 4 });
    expect(pinched([100, 200], [0.49, 0.51], 1000)).toEqual({ from: 0, seconds: 1000 });
  });

  it("follows a selection that leaves it", () => {
    expect(followed(undefined, range(0, 1), 1000)).toBeUndefined();
    expect(followed(range(100, 200), range(150, 151), 1000)).toEqual(range(100, 200));
    expect(followed(range(100, 200), range(199, 201), 1000)).toEqual(range(150, 250));
    expect(followed(range(100, 200), range(0, 2), 1000)).toEqual(range(0, 100));
    expect(followed(range(100, 200), range(50, 450), 1000)).toEqual(range(100, 200));
  });

  it("selects whole columns where seconds are merged, and no more than there is", () => {
    const heatmap = heatmapOf(10);
    expect(snappedToColumns({ first: tick(3), end: tick(9) }, heatmap, 4)).toEqual({ first: 0, end: 16 });
    expect(snappedToColumns({ first: tick(3), end: tick(17) }, heatmap, 4)).toEqual({ first: 0, end: 20 });
    expect(snappedToColumns({ first: tick(3), end: tick(9) }, heatmap, 1)).toEqual({ first: 3, end: 9 });
  });

  it("finds the second under the pointer in a window, merged or not", () => {
    const heatmap = heatmapOf(5000);
    for (const window of [undefined, range(1000, 1100), range(40, 4000)]) {
      const layout = layoutHeatmap(heatmap, px(1100), window);
      const { from, merge } = layout.view;
      const second = from + 7 * merge;
      expect(tickUnder(heatmap, layout, xOfSecond(layout, second) + 0.5, layout.plotTop + layout.plotHeight - 1)).toBe(2 * second);
    }
  });
});

describe("the strip above", () => {
  const view = { from: 100, seconds: 200, merge: 1 };
  it("keeps spikes however many seconds share a pixel", () => {
    const bars = stripBars(heatmapOf(1000), 10);
    expect(bars).toHaveLength(10);
    expect(bars[9]).toBe(1);
    expect([...stripBars(buildHeatmap({ ...EMPTY_ANSWER, rows: [0], columns: [0], values: [0] }), 3)]).toEqual([0, 0, 0]);
  });

  it("takes hold of an edge, of the window, or of nothing", () => {
    expect([97, 302, 200, 900].map((at) => edgeUnder(view, 1000, at, 5))).toEqual(["start", "end", "inside", "new"]);
    expect(edgeUnder({ from: 0, seconds: 1000 }, 1000, 500, 5)).toBe("new");
  });

  it("moves, resizes and draws a window", () => {
    expect(draggedWindow(view, 1000, "inside", 150, 170)).toEqual(range(120, 320));
    expect(draggedWindow(view, 1000, "end", 300, 400)).toEqual(range(100, 400));
    expect(draggedWindow(view, 1000, "start", 100, 400)).toEqual(range(300, 400));
    expect(draggedWindow(view, 1000, "new", 700, 600)).toEqual(range(600, 700));
    expect(draggedWindow(view, 1000, "new", 700, -50)).toEqual(range(0, 700));
  });
});

describe("handles of a selection", () => {
  const heatmap = heatmapOf(10);
  const layout = layoutHeatmap(heatmap, px(1100));
  const selected = { first: tick(3), end: tick(9) };
  it("are where it begins and where it ends, and hold the other end", () => {
    const [start, end] = handlesOf(selected, heatmap, layout);
    expect(start.x).toBe(xOfSecond(layout, 1));
    expect(end.x).toBe(xOfSecond(layout, 5));
    expect(grabbed(selected, heatmap, layout, start.x + 2, start.y)).toBe(8);
    expect(grabbed(selected, heatmap, layout, end.x - 2, end.y)).toBe(3);
    expect(grabbed(selected, heatmap, layout, end.x + 50, end.y)).toBeUndefined();
    expect(grabbed(undefined, heatmap, layout, 0, 0)).toBeUndefined();
  });
});
