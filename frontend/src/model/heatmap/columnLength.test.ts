import { describe, expect, it } from "vitest";
import { seconds, tick } from "../../types/units";
import { columnCount, lengthName, lengthWords, requestedLength } from "../../lib/columnLength";
import { buildHeatmap, timeOf } from "./heatmap";
import { readCell, shownCells, tilesOf } from "./heatmapCells";
import { EMPTY_ANSWER } from "./heatmapFixture";
import { busiestColumn } from "./overview";
import { insideOf, samplesIn, toTicks, toTime } from "./selection/selection";

const range = (start: number, end: number) => ({ start: seconds(start), end: seconds(end) });

describe("the length of columns", () => {
  it("is the server's choice for the whole profile, and by the shown seconds for a part", () => {
    expect(requestedLength("auto", undefined)).toBe("auto");
    const shown = [1, 2, 4, 7, 8, 24, 25, 1000, 1001, 10_000, 10_001].map((length) => requestedLength("auto", range(5, 5 + length)));
    expect(shown).toEqual(["20ms", "50ms", "100ms", "100ms", "250ms", "250ms", "1s", "1s", "10s", "10s", "1min"]);
    expect(requestedLength("50ms", range(0, 1000))).toBe("50ms");
  });

  it("has words and a name", () => {
    expect([20, 1000, 10_000, 60_000, 300_000, 3_600_000, 90_000].map(lengthWords)).toEqual(["20 ms", "1 s", "10 s", "1 min", "5 min", "1 h", "90 s"]);
    expect([250, 60_000, 7].map(lengthName)).toEqual(["250ms", "1min", "1s"]);
    expect([columnCount(3, 20), columnCount(61, 10_000)]).toEqual([150, 7]);
  });
});

describe("a heatmap of short columns", () => {
  // Five columns of 250 ms in two seconds, two rows each, as sent: the upper row first.
  const answer = { ...EMPTY_ANSWER, rows: [125, 0], columnMs: 250, step: 1, seconds: 2, columns: [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75] };
  const heatmap = buildHeatmap({ ...answer, values: [0, 1, 0, 0, 2, 3, 0, 0, 0, 4, 0, 0, 0, 0, 5, 0], maxvalue: 5 });

  it("has the place and the time of every cell", () => {
    expect([heatmap.columns, heatmap.seconds, heatmap.samples]).toEqual([8, 2, 15]);
    expect(timeOf(heatmap, tick(5))).toEqual({ second: 0.5, millisecond: 125 });
    const cells = shownCells({ whole: heatmap.whole, tiles: [] }, { from: 0, shown: 8, merge: 1 }, "sum");
    expect(readCell(cells, { from: 0, shown: 8, merge: 1 }, heatmap, tick(5))).toEqual({ first: 0.5, last: 0.75, count: 2, matches: undefined, unrecorded: false });
    expect(busiestColumn(heatmap, 0, 1)).toEqual({ second: 0.5, samples: 5, milliseconds: 250 });
  });

  it("selects parts of a second", () => {
    const ticks = toTicks(range(0.5, 1.25), heatmap);
    expect([ticks.first, ticks.end, samplesIn(heatmap, ticks)]).toEqual([4, 10, 9]);
    expect(toTime(ticks, heatmap)).toEqual(range(0.5, 1.25));
  });

  it("asks for finer columns by their seconds, and for none after the end", () => {
    const long = buildHeatmap({ ...answer, columnMs: 10_000, step: 5, seconds: 49_999, columns: [0], values: [0, 0] });
    expect(long.columns).toBe(5000);
    expect(tilesOf(long, { from: 4500, shown: 500, merge: 1 })).toEqual([range(42_000, 48_000), range(48_000, 49_999)]);
    expect(insideOf(range(49_990, 50_000), long)).toEqual(range(49_990, 49_999));
  });
});
