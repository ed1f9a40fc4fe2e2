import { describe, expect, it } from "vitest";
import { mix, pixel } from "../../../lib/colour";
import type { ShownCells } from "../heatmapCells";
import { dominantColours, fullCell, hueOf, MOST_HUES, shareColours } from "./heatColours";
import { PAPER, paletteTable } from "./palette";

const cells = (...counts: number[]): ShownCells => ({
  columns: counts.length,
  rows: 1,
  counts: Float64Array.from(counts),
  matches: undefined,
  maximum: Math.max(...counts),
  estimated: 0,
  unrecorded: [],
});
const paper = pixel(PAPER.light);

describe("the share of a lane", () => {
  it("is a part of each cell, however full the cell is", () => {
    const table = paletteTable("red", "light", 100);
    const colours = shareColours(cells(0, 1, 50, 2), cells(0, 1, 100, 200), "red", "light");
    expect([...colours]).toEqual([paper, pixel(table[100]!), pixel(table[50]!), pixel(table[1]!)]);
  });
});

describe("the dominant value", () => {
  it("has most samples of a cell, and is brighter the larger its part", () => {
    const colours = dominantColours(cells(4, 4, 0, 4), [cells(4, 1, 0, 0), cells(0, 3, 0, 0)], "light");
    expect([...colours]).toEqual([
      pixel(hueOf(0, "light")),
      pixel(mix(PAPER.light, hueOf(1, "light"), 0.45 + 0.55 * 0.75)),
      paper,
      pixel(hueOf(MOST_HUES, "light")),
    ]);
  });
});

it("knows a full cell by frequency and CPUs alone", () => {
  expect(fullCell(50, 1, 1000, 2)).toBe(40);
  expect(fullCell(50, 1, 49, 1)).toBe(1);
  expect([fullCell(50, 1, undefined, 2), fullCell(50, 1, 99, undefined)]).toEqual([undefined, undefined]);
});
