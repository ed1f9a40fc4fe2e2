import { describe, expect, it } from "vitest";
import { formatDecimal } from "../../../lib/format";
import { seconds, tick, type TickRange } from "../../../types/units";
import { buildHeatmap, cellOf, tickAt, tickCount, timeOf } from "../heatmap";
import { EMPTY_ANSWER } from "../heatmapFixture";
import {
  isRefusedRange,
  rangeBetween,
  firstColumn,
  grown,
  moved,
  partsOf,
  samplesIn,
  stepped,
  toTicks,
  toTime,
} from "./selection";

// Three seconds of four rows. On the screen, the highest offset on top:
//   750   4  8  12
//   500   3  7  11
//   250   2  6  10
//     0   1  5   9
const HEATMAP = buildHeatmap({
  ...EMPTY_ANSWER,
  rows: [750, 500, 250, 0],
  columns: [0, 1, 2],
  values: [4, 3, 2, 1, 8, 7, 6, 5, 12, 11, 10, 9],
  maxvalue: 12,
  samples: 78,
  idle: 3,
});

const range = (first: number, end: number): TickRange => ({ first: tick(first), end: tick(end) });
const at = (column: number, row: number) => tickAt(HEATMAP, { column, row });

describe("heatmap", () => {
  it("counts in time order: up a column, then the next", () => {
    expect([...HEATMAP.whole.counts]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(HEATMAP.samples).toBe(78);
  });

  it("knows each tick's cell and time", () => {
    expect(cellOf(HEATMAP, tick(6))).toEqual({ column: 1, row: 2 });
    expect(timeOf(HEATMAP, tick(6))).toEqual({ second: 1, millisecond: 500 });
    expect(at(1, 2)).toBe(6);
    expect(at(-5, 99)).toBe(3);
    expect(at(99, -1)).toBe(8);
  });

  it("opens with no columns at all", () => {
    const empty = buildHeatmap(EMPTY_ANSWER);
    expect(tickCount(empty)).toBe(0);
    expect(firstColumn(empty, { from: 0, shown: 0, merge: 1 })).toEqual(range(0, 0));
  });
});

describe("selection by dragging", () => {
  it.each([
    ["one cell", at(1, 1), at(1, 1), [5, 6], 6],
    ["up a column", at(0, 1), at(0, 3), [1, 4], 9],
    ["down a column", at(0, 3), at(0, 1), [1, 4], 9],
    ["right and up", at(0, 2), at(2, 3), [2, 12], 75],
    ["right and down", at(0, 2), at(2, 0), [2, 9], 42],
    ["left and up", at(2, 0), at(0, 2), [2, 9], 42],
    ["left and down", at(2, 3), at(0, 2), [2, 12], 75],
    ["everything", at(0, 0), at(2, 3), [0, 12], 78],
  ] as const)("%s", (_, anchor, current, [first, end], samples) => {
    const selected = rangeBetween(anchor, current);
    expect(selected).toEqual(range(first, end));
    expect(samplesIn(HEATMAP, selected)).toBe(samples);
  });

  it("neighbouring ranges add up", () => {
    for (let cut = 0; cut <= 12; cut += 1) {
      const parts = samplesIn(HEATMAP, range(0, cut))! + samplesIn(HEATMAP, range(cut, 12))!;
      expect(parts).toBe(78);
    }
  });
});

describe("selection in seconds", () => {
  it("writes the edges of cells as short decimals", () => {
    const time = toTime(range(617, 690), { rows: 50, columnMs: 1000 });
    expect([time.start, time.end].map(formatDecimal)).toEqual(["12.34", "13.8"]);
  });

  const GRIDS = [10, 25, 49, 50, 99, 100].flatMap((rows) => [20, 50, 100, 250, 1000, 10_000, 60_000].map((columnMs) => ({ rows, columnMs })));
  it.each(GRIDS)("comes back exactly with $rows rows of $columnMs ms", ({ rows, columnMs }) => {
    const grid = { rows, columnMs };
    for (let first = 0; first < 40 * rows; first += 7) {
      const written = toTime(range(first, first + 3), grid);
      const read = { start: seconds(Number(formatDecimal(written.start))), end: seconds(Number(formatDecimal(written.end))) };
      expect(read).toEqual(written);
      expect(toTicks(read, grid)).toEqual(range(first, first + 3));
    }
  });

  it("keeps a range that was made with other rows, and does not guess its samples", () => {
    const ticks = toTicks({ start: seconds(0.34), end: seconds(1.8) }, { rows: 4, columnMs: 1000 });
    expect(ticks.first).toBeCloseTo(1.36);
    expect(samplesIn(HEATMAP, ticks)).toBeUndefined();
  });
});

it.each([
  [0, 3, false],
  [2, 3, false],
  [2, 3.1, true],
  [3, 4, true],
  [2, 2, true],
  [2, 1, true],
  [-1, 2, true],
  [Number.NaN, 2, true],
])("from %d to %d of 3 s, a range is refused: %s", (start, end, refused) => {
  expect(isRefusedRange({ start: seconds(start), end: seconds(end) }, { seconds: 3 })).toBe(refused);
});

describe("selection by keyboard", () => {
  it("moves whole and stops at the ends", () => {
    expect(moved(range(2, 5), 1, HEATMAP)).toEqual(range(3, 6));
    expect(moved(range(2, 5), -4, HEATMAP)).toEqual(range(0, 3));
    expect(moved(range(2, 5), 400, HEATMAP)).toEqual(range(9, 12));
  });

  it("grows and shrinks its end", () => {
    expect(grown(range(2, 5), 4, HEATMAP)).toEqual(range(2, 9));
    expect(grown(range(2, 5), -4, HEATMAP)).toEqual(range(2, 3));
    expect(grown(range(2, 5), 400, HEATMAP)).toEqual(range(2, 12));
  });

  it("steps by its own length", () => {
    expect(stepped(range(2, 5), 1, HEATMAP)).toEqual(range(5, 8));
    expect(stepped(range(2, 5), -1, HEATMAP)).toEqual(range(0, 3));
  });
});

describe("selection on the screen", () => {
  const covered = (selected: TickRange) => {
    const cells: number[] = [];
    for (const part of partsOf(selected, 4)) {
      for (let column = part.column; column < part.column + part.width; column += 1) {
        for (let row = part.first; row < part.end; row += 1) cells.push(column * 4 + row);
      }
    }
    return cells;
  };

  it("covers exactly the ticks of every possible range, in at most three parts", () => {
    for (let first = 0; first < 12; first += 1) {
      for (let end = first + 1; end <= 12; end += 1) {
        const expected = Array.from({ length: end - first }, (_, index) => first + index);
        expect(covered(range(first, end))).toEqual(expected);
        expect(partsOf(range(first, end), 4).length).toBeLessThanOrEqual(3);
      }
    }
  });

  it("covers nothing for nothing", () => {
    expect(partsOf(range(3, 3), 4)).toEqual([]);
  });
});
