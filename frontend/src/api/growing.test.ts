import { describe, expect, it } from "vitest";
import type { HeatmapAnswer } from "../types/wire";
import { firstNewSecond, withNewColumns } from "./growing";

const KNOWN: HeatmapAnswer = {
  rows: [500, 0],
  columns: [0, 1, 2],
  values: [1, 2, 3, 4, 5, 6],
  maxvalue: 6,
  samples: 21,
  idle: 1,
  origin: 3000,
  duration: 2.5,
  step: 1,
  seconds: 3,
  peak: 6,
  busy: [0.1, 0.2, 0.3],
};
const FRESH: HeatmapAnswer = {
  ...KNOWN,
  columns: [1, 2, 3],
  values: [3, 4, 7, 8, 1, 0],
  maxvalue: 8,
  samples: 23,
  duration: 3.2,
  seconds: 4,
  peak: 8,
  busy: [0.2, 0.4, 0.5],
};

describe("a heatmap that grows", () => {
  it("asks for its last columns again", () => {
    expect(firstNewSecond(KNOWN)).toBe(1);
    expect(firstNewSecond({ ...KNOWN, columns: [0], seconds: 1 })).toBe(0);
    expect(firstNewSecond({ ...KNOWN, step: 5 })).toBeUndefined();
  });

  it("keeps the columns before, and counts anew", () => {
    const whole = withNewColumns(KNOWN, FRESH);
    expect(whole).toEqual({
      ...FRESH,
      columns: [0, 1, 2, 3],
      values: [1, 2, 3, 4, 7, 8, 1, 0],
      samples: 26,
      busy: [0.1, 0.2, 0.4, 0.5],
    });
  });

  it("is fetched as a whole where the parts do not fit", () => {
    expect(withNewColumns(KNOWN, { ...FRESH, origin: 2999 })).toBeUndefined();
    expect(withNewColumns(KNOWN, { ...FRESH, columns: [5] })).toBeUndefined();
    expect(withNewColumns(KNOWN, { ...FRESH, rows: [0] })).toBeUndefined();
    expect(withNewColumns(KNOWN, { ...FRESH, columns: [] })).toBeUndefined();
  });
});
