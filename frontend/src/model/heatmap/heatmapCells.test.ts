import { describe, expect, it } from "vitest";
import { seconds, tick } from "../../types/units";
import type { HeatmapAnswer } from "../../types/wire";
import { buildHeatmap, pieceOf, samplesBefore, withMatches } from "./heatmap";
import { EMPTY_ANSWER } from "./heatmapFixture";
import { readCell, shownCells, tilesOf } from "./heatmapCells";
import { busiestColumn, stripBars } from "./overview";
import { arrowTicks, firstColumn, grown, samplesIn } from "./selection/selection";

/** Of a profile with two rows, s samples in the lower of second s and 1 above: as the server joins them. */
function answerOf(length: number, step: number, from = 0, to = length, how: "sum" | "max" = "sum"): HeatmapAnswer {
  const starts = Array.from({ length: Math.ceil((to - from) / step) }, (_, column) => from + column * step);
  const cell = (start: number) => {
    const all = Array.from({ length: Math.min(step, length - start) }, (_, second) => start + second);
    const lower = how === "sum" ? all.reduce((sum, one) => sum + one, 0) : Math.max(...all);
    return [how === "sum" ? all.length : 1, lower];
  };
  const values = starts.flatMap(cell);
  const peak = Math.max(...Array.from({ length: Math.ceil(length / step) }, (_, column) => cell(column * step)[1]!));
  return { ...EMPTY_ANSWER, columns: starts, values, maxvalue: Math.max(...values), step, seconds: length, peak };
}
const range = (start: number, end: number) => ({ start: seconds(start), end: seconds(end) });

describe("what is painted of a profile that is here second by second", () => {
  const heatmap = buildHeatmap(answerOf(10, 1));
  const picture = { whole: heatmap.whole, tiles: [] };
  const view = { from: 0, shown: 10, merge: 5 };

  it("joins seconds by sum or by the highest, and loses nothing", () => {
    expect([...shownCells(picture, view, "sum").counts]).toEqual([10, 5, 35, 5]);
    expect([...shownCells(picture, view, "max").counts]).toEqual([4, 1, 9, 1]);
    expect(shownCells(picture, view, "sum").maximum).toBe(35);
    expect(shownCells(picture, view, "max").maximum).toBe(9);
    const plain = shownCells(picture, { from: 0, shown: 10, merge: 1 }, "sum");
    expect([...plain.counts]).toEqual([...heatmap.whole.counts]);
  });

  it("means the same by a colour wherever one looks", () => {
    expect(shownCells(picture, { from: 0, shown: 5, merge: 5 }, "sum").maximum).toBe(35);
    expect(shownCells(picture, { from: 0, shown: 3, merge: 1 }, "sum").maximum).toBe(9);
  });

  it("joins matches like the samples they are of", () => {
    const small = answerOf(4, 1);
    const found = withMatches(pieceOf(small), { ...small, matches: [1, 0, 0, 1, 0, 2, 1, 3] });
    const shown = shownCells({ whole: found, tiles: [] }, { from: 0, shown: 4, merge: 2 }, "sum");
    expect([...shown.matches!]).toEqual([1, 1, 5, 1]);
    expect(withMatches(pieceOf(small), answerOf(4, 2)).matches).toBeUndefined();
  });

  it("asks for no tiles, and counts any range", () => {
    expect(tilesOf(heatmap, view)).toEqual([]);
    expect(samplesIn(heatmap, { first: tick(3), end: tick(6) })).toBe(1 + 2 + 1);
  });
});

describe("what is painted of a profile that is here in columns of a minute", () => {
  const DAY = 86_370;
  const heatmap = buildHeatmap(answerOf(DAY, 60));
  const view = { from: 3000, shown: 1000, merge: 1 };
  const wanted = tilesOf(heatmap, view);
  const tiles = wanted.map(({ start, end }) => pieceOf(answerOf(DAY, 1, start, end)));

  it("knows how long it is, and how much is in it", () => {
    expect(heatmap.columns).toBe(DAY);
    expect(heatmap.samples).toBe(DAY + (DAY * (DAY - 1)) / 2);
  });

  it("joins minutes to ten, and asks for what is finer than a minute", () => {
    const whole = { from: 0, shown: DAY, merge: 600 };
    expect(tilesOf(heatmap, whole)).toEqual([]);
    const shown = shownCells({ whole: heatmap.whole, tiles: [] }, whole, "sum");
    expect([...shown.counts.subarray(0, 2)]).toEqual([(600 * 599) / 2, 600]);
    expect(shown.counts.reduce((sum, count) => sum + count)).toBe(heatmap.samples);
    expect(wanted).toEqual([range(2400, 3000), range(3000, 3600), range(3600, 4200), range(4200, 4800)]);
    expect(tilesOf(heatmap, { from: DAY - 100, shown: 100, merge: 1 })).toEqual([range(85_800, DAY)]);
    expect(tilesOf(heatmap, { from: 0, shown: 9000, merge: 10 })).toEqual([range(0, 6000), range(6000, 12_000)]);
  });

  it("shows the minute's share until the seconds are here, and says so", () => {
    const estimate = shownCells({ whole: heatmap.whole, tiles: tiles.slice(0, 2) }, view, "sum");
    expect(estimate.estimated).toBe(400);
    expect([...estimate.counts.subarray(0, 4)]).toEqual([3000, 1, 3001, 1]);
    const minute = Array.from({ length: 60 }, (_, second) => 3600 + second).reduce((sum, one) => sum + one);
    expect(estimate.counts[2 * 600]).toBeCloseTo(minute / 60);
    expect(readCell(estimate, view, heatmap, tick(2 * 3000)).count).toBeUndefined();
    const exact = shownCells({ whole: heatmap.whole, tiles }, view, "sum");
    expect(exact.estimated).toBe(0);
    expect([...exact.counts.subarray(2 * 600, 2 * 600 + 2)]).toEqual([3600, 1]);
    expect(exact.maximum).toBe(DAY - 1);
  });

  it("takes no tile of another step for the one that it needs", () => {
    const five = { from: 3000, shown: 1000, merge: 5 };
    expect(shownCells({ whole: heatmap.whole, tiles }, five, "sum").estimated).toBe(200);
  });

  it("takes the highest of what the server took the highest of", () => {
    const whole = pieceOf(answerOf(DAY, 60, 0, DAY, "max"));
    const shown = shownCells({ whole, tiles: [] }, { from: 0, shown: DAY, merge: 120 }, "max");
    expect([...shown.counts.subarray(0, 4)]).toEqual([119, 1, 239, 1]);
    expect(shown.maximum).toBe(DAY - 1);
  });

  it("reads a cell with the seconds of its column", () => {
    const minutes = { from: 0, shown: DAY, merge: 60 };
    const shown = shownCells({ whole: heatmap.whole, tiles: [] }, minutes, "sum");
    expect(readCell(shown, minutes, heatmap, tick(2 * 61))).toEqual({ first: 60, last: 120, count: 5370, matches: undefined, unrecorded: false });
    expect(readCell(shown, minutes, heatmap, tick(2 * (DAY - 1) + 1))).toMatchObject({ first: 86_340, last: DAY, count: 30 });
  });

  it("counts whole minutes by itself, seconds where it has them, and leaves the rest to the server", () => {
    const before = (second: number) => second + (second * (second - 1)) / 2;
    const ticks = (start: number, end: number) => ({ first: tick(2 * start), end: tick(2 * end) });
    expect(samplesIn(heatmap, ticks(60, 120))).toBe(before(120) - before(60));
    expect(samplesIn(heatmap, ticks(86_340, DAY))).toBe(before(DAY) - before(86_340));
    expect(samplesIn(heatmap, ticks(3001, 3120))).toBeUndefined();
    expect(samplesIn(heatmap, ticks(3001, 3120), tiles)).toBe(before(3120) - before(3001));
    expect(samplesIn(heatmap, ticks(3001, 7001), tiles)).toBeUndefined();
    expect(samplesBefore(heatmap, tiles, 2 * 3001 + 1)).toBe(before(3001) + 3001);
  });

  it("moves by what is shown together", () => {
    expect(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "x"].map((key) => arrowTicks(key, 2, 1))).toEqual([1, -1, -2, 2, 0]);
    expect(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"].map((key) => arrowTicks(key, 2, 60))).toEqual([120, -120, -120, 120]);
    expect(firstColumn(heatmap, { from: 3000, shown: 600, merge: 60 })).toEqual({ first: 6000, end: 6120 });
    expect(firstColumn(heatmap, { from: 86_340, shown: 30, merge: 60 })).toEqual({ first: 2 * 86_340, end: 2 * DAY });
    expect(grown({ first: tick(0), end: tick(240) }, -120, heatmap, 120)).toEqual({ first: 0, end: 120 });
    expect(grown({ first: tick(0), end: tick(120) }, -120, heatmap, 120)).toEqual({ first: 0, end: 120 });
  });

  it("has bars and a busiest stretch in the strip", () => {
    const bars = stripBars(heatmap, 100);
    expect(Math.max(...bars)).toBe(1);
    expect(bars[0]).toBeLessThan(0.02);
    expect(busiestColumn(heatmap, 0, 100)).toEqual({ second: 60, samples: 60 + (60 * (60 + 119)) / 2, milliseconds: 60_000 });
  });
});
