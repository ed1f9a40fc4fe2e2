import { describe, expect, it } from "vitest";
import { NEW_COMPARISON, type Compare } from "../../types/explorer";
import { buildFlameTree, measured } from "./flameTree";
import { functionCounts } from "./functionTable";
import { differenceLabel, differenceWords, formatMeasured, hasAmounts, measureOf, measureWords, shareMeasure, wantedBase, type Measure, type Sides } from "./measure";
import { answerOf } from "./treeFixture";
import shared from "./measure.cases.json";

/** 100 samples a second: 10 s with 400 samples and 20 s with 1 000. */
const SIDES: Sides = [
  { samples: 400, unit: "samples", seconds: 10, sampleSeconds: 0.01 },
  { samples: 1000, unit: "samples", seconds: 20, sampleSeconds: 0.01 },
];
const side = (at: 0 | 1, more: Partial<Sides[number]>): Sides[number] => ({ ...SIDES[at]!, ...more });

describe("the base of a comparison", () => {
  it("is amounts of two profiles and shares of two parts of one, unless one is chosen", () => {
    const file = { ...NEW_COMPARISON, file: "other" };
    expect([undefined, NEW_COMPARISON, { ...file, rest: true }, file].map(wantedBase)).toEqual(["share", "share", "share", "second"]);
    expect(wantedBase({ ...file, base: "share" })).toBe("share");
    expect(wantedBase({ ...NEW_COMPARISON, rest: true, base: "second" })).toBe("second");
  });

  it("needs both lengths, and samples that stand for time or values of one unit", () => {
    expect(hasAmounts(SIDES)).toBe(true);
    expect(hasAmounts(undefined)).toBe(false);
    expect(hasAmounts([SIDES[0]!, side(1, { seconds: null })])).toBe(false);
    expect(hasAmounts([SIDES[0]!, side(1, { sampleSeconds: null })])).toBe(false);
    const unknown = { sampleSeconds: null };
    expect(hasAmounts([side(0, unknown), side(1, unknown)])).toBe(false);
    expect(hasAmounts([side(0, { ...unknown, unit: "bytes" }), side(1, { ...unknown, unit: "bytes" })])).toBe(true);
    expect(hasAmounts([side(0, { ...unknown, unit: "bytes" }), side(1, { ...unknown, unit: "period" })])).toBe(false);
    // Slices of a trace beside samples of a known rate: both are time.
    expect(hasAmounts([side(0, { unit: "microseconds", sampleSeconds: 1e-6 }), SIDES[1]!])).toBe(true);
  });

  it("is shares where amounts are not known", () => {
    const sides = [SIDES[0]!, side(1, { seconds: null })];
    expect(measureOf(sides, "second")).toEqual(shareMeasure(400, 1000));
    expect(measureOf(SIDES, "second")).toEqual({ base: "second", kind: "time", drawn: 0.001, other: 0.0005 });
    expect(measureOf(SIDES, "share")).toEqual({ base: "share", kind: "points", drawn: 0.25, other: 0.1 });
  });
});

describe("differences", () => {
  // f takes 0.2 s of CPU time a second on both sides, g 0.2 and 0.3.
  const answer = answerOf("app 0\n  f 200\n  g 200", { sides: SIDES });
  const [f, g] = ["f", "g"].map((name) => answer.frames.name.indexOf(name));
  const other = [0, 0, 400, 600];
  const frames = { ...answer.frames, other: other.map((_, frame) => (frame === f ? 400 : frame === g ? 600 : 0)), otherTotal: answer.frames.name.map((_, frame) => (frame === f ? 400 : frame === g ? 600 : 1000)) };
  const nodes = { ...answer.nodes, delta: [0, 0, 40, -40], totalDelta: [0, 0, 40, -40], other, otherTotal: [1000, 1000, 400, 600] };
  const tree = buildFlameTree({ ...answer, frames, nodes });

  it("of a function that takes as long as before are none, though its share fell", () => {
    const shares = measured(tree, "share");
    expect([...shares.delta!]).toEqual([0, 0, 40, -40]);
    expect(differenceLabel(shares.delta![2]!, shares.measure!)).toBe("+10.0");
    const amounts = measured(tree, "second");
    expect([...amounts.delta!]).toEqual([-100, -100, 0, -100]);
    expect([...amounts.delta!].map((delta) => differenceLabel(delta, amounts.measure!))).toEqual(["−100 ms", "−100 ms", "", "−100 ms"]);
  });

  it("are not rounded to whole samples, and the same by node and by function", () => {
    const few = measured(buildFlameTree({ ...answer, frames, nodes, sides: [SIDES[0]!, side(1, { samples: 999 })] }), "share");
    expect(few.delta![2]).toBeCloseTo(200 - (400 * 400) / 999, 9);
    expect(functionCounts(few, false).other!.change[f!]).toBe(few.delta![2]);
    expect(functionCounts(few, false).other!.totalChange[g!]).toBe(few.delta![3]);
  });

  it("of functions count the stacks that only the other side has", () => {
    const more = { ...frames, other: frames.other.map((count, frame) => (frame === f ? 450 : count)) };
    const { other: found } = functionCounts(measured(buildFlameTree({ ...answer, frames: more, nodes }), "second"), false);
    expect([found!.self[f!], found!.change[f!]]).toEqual([225, -25]);
  });
});

it("values and differences have words", () => {
  const time = { base: "second", kind: "time", drawn: 0.001, other: 0.001 } as const;
  const count = { base: "second", kind: "count", drawn: 1, other: 1 } as const;
  expect([31, -4, 0.4].map((delta) => differenceLabel(delta, shareMeasure(1000, 0)))).toEqual(["+3.1", "−0.4", ""]);
  expect(differenceLabel(5, shareMeasure(0, 0))).toBe("");
  expect([1500, -12, 0.4].map((delta) => differenceLabel(delta, time))).toEqual(["+1.50 s", "−12.0 ms", ""]);
  expect([150, -1.25, 0.04].map((delta) => differenceLabel(delta, count))).toEqual(["+150", "−1.3", ""]);
  expect([differenceWords(31, shareMeasure(1000, 0)), differenceWords(0, time)]).toEqual(["+3.1 points", "0"]);
  expect([formatMeasured(12, "points"), formatMeasured(0.18, "time"), formatMeasured(12, "count")]).toEqual(["12.0 %", "180 ms", "12.0"]);
  expect([shareMeasure(1, 1), time, count].map(measureWords)).toEqual(["share of samples", "CPU time per second of recording", "per second of recording"]);
});

// tests/unit/analysis/test_measure.py reads them, too.
describe("the rules that the server shares", () => {
  it.each(shared.measures)("$first and $second by $base, of one profile: $same", ({ first, second, base, same, is }) => {
    const named: Readonly<Record<string, Sides[number]>> = shared.sides;
    const compare = { ...NEW_COMPARISON, file: same ? "" : "other", base: base as Compare["base"] };
    const { kind, drawn, other } = measureOf([named[first]!, named[second]!], wantedBase(compare));
    expect([kind, drawn, other]).toEqual(is);
  });

  it.each(shared.differences)("a difference of $value is $text ($kind)", ({ kind, value, text }) => {
    const measure = { base: "second", kind: kind as Measure["kind"], drawn: 1, other: 1 } as const;
    expect(differenceLabel(value, measure).replace("−", "-")).toBe(text);
  });
});
