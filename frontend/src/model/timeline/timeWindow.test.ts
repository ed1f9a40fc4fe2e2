import { describe, expect, test } from "vitest";
import { along, axisTicks, closer, insideOf, isWhole } from "./timeWindow";

const WHOLE = 1_000_000;

describe("the shown part of a stack chart", () => {
  test("stays inside of the whole", () => {
    expect(insideOf(WHOLE, { from: -5, samples: 100 })).toEqual({ from: 0, samples: 100 });
    expect(insideOf(WHOLE, { from: WHOLE, samples: 100 })).toEqual({ from: WHOLE - 100, samples: 100 });
    expect(insideOf(WHOLE, { from: 10, samples: 2 * WHOLE })).toEqual({ from: 0, samples: WHOLE });
    expect(insideOf(WHOLE, { from: 10, samples: 0 }).samples).toBe(20);
    expect(insideOf(5, { from: 0, samples: 1 })).toEqual({ from: 0, samples: 5 });
  });

  test("goes closer around a point that stays", () => {
    const span = closer(WHOLE, { from: 0, samples: WHOLE }, 4, 0.5);
    expect(span).toEqual({ from: 375_000, samples: 250_000 });
    expect(closer(WHOLE, span, 1 / 4, 0.5)).toEqual({ from: 0, samples: WHOLE });
    expect(isWhole(WHOLE, closer(WHOLE, span, 1 / 100, 0.9))).toBe(true);
  });

  test("moves along by a share of its width", () => {
    expect(along(WHOLE, { from: 0, samples: 1000 }, 0.25)).toEqual({ from: 250, samples: 1000 });
    expect(along(WHOLE, { from: 100, samples: 1000 }, -0.25).from).toBe(0);
  });
});

describe("the axis", () => {
  test("has round times of the profile", () => {
    expect(axisTicks(12.345, { from: 0, samples: WHOLE }, 500, 100)).toEqual([
      { at: 55_000, label: "12.4 s" },
      { at: 255_000, label: "12.6 s" },
      { at: 455_000, label: "12.8 s" },
      { at: 655_000, label: "13.0 s" },
      { at: 855_000, label: "13.2 s" },
    ]);
  });

  test("names microseconds where it shows them", () => {
    expect(axisTicks(1, { from: 0, samples: 20 }, 1000, 100).map(({ label }) => label).slice(0, 2)).toEqual(["1.000000 s", "1.000002 s"]);
  });

  test("has none without a width", () => {
    expect(axisTicks(0, { from: 0, samples: WHOLE }, 0, 100)).toEqual([]);
    expect(axisTicks(0, { from: 0, samples: 0 }, 100, 100)).toEqual([]);
  });
});
