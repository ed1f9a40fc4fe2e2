// The measure of a comparison. Shares hide that one side has more of everything, and list a function that
// takes as long as before as less where another one grew. The CPU time in each second of recording does not.
//
// flamescope_py/analysis/measure.py holds the same rules for pictures and `diff`. The page cannot leave them to the
// server: its switch between both measures sends no request. measure.cases.json is read by the tests of both.
import { formatShare, formatValue } from "../../lib/format";
import type { Compare } from "../../types/explorer";
import type { FlameGraphAnswer } from "../../types/wire";

export type Sides = NonNullable<FlameGraphAnswer["sides"]>;
/** The share of a side's samples, or the amount in each second of its recording. */
export type Base = "share" | "second";

export interface Measure {
  readonly base: Base;
  /** Its unit: percent, seconds of CPU time, or counts. */
  readonly kind: "points" | "time" | "count";
  /** The value of one sample of the side that is drawn, and of the other one. */
  readonly drawn: number;
  readonly other: number;
}

/** Of two profiles the amounts, of two parts of one profile what each is made of. */
export function wantedBase(compare: Compare | undefined): Base {
  if (!compare || compare.base === "auto") return compare && !compare.rest && compare.file !== "" ? "second" : "share";
  return compare.base;
}

/** Whether amounts can be compared: both lengths are known, and samples stand for time or values are amounts of one unit. */
export function hasAmounts(sides: Sides | undefined): boolean {
  const [first, second] = sides ?? [];
  if (!first?.seconds || !second?.seconds) return false;
  if (first.sampleSeconds !== null && second.sampleSeconds !== null) return true;
  return first.sampleSeconds === second.sampleSeconds && first.unit === second.unit && first.unit !== "samples";
}

/** @param sides the drawn one first; shares are the measure where amounts are not known */
export function measureOf(sides: Sides, wanted: Base): Measure {
  const [first, second] = sides;
  if (wanted === "share" || !hasAmounts(sides)) return shareMeasure(first?.samples ?? 0, second?.samples ?? 0);
  const [drawn, other] = [first!, second!].map(({ seconds, sampleSeconds }) => (sampleSeconds ?? 1) / seconds!);
  return { base: "second", kind: first!.sampleSeconds === null ? "count" : "time", drawn: drawn!, other: other! };
}

export function shareMeasure(drawn: number, other: number): Measure {
  const percent = (samples: number) => (samples > 0 ? 100 / samples : 0);
  return { base: "share", kind: "points", drawn: percent(drawn), other: percent(other) };
}

/** Samples of the other side as so many of the drawn one. */
export function scaleOf({ drawn, other }: Measure): number {
  return drawn > 0 ? other / drawn : 0;
}

/** A value without its sign: "12.3 %", "180 ms", "17.2". */
export function formatMeasured(value: number, kind: Measure["kind"]): string {
  if (kind === "points") return formatShare(value, 100);
  if (kind === "time") return formatValue(value, "seconds");
  return value >= 100 ? formatValue(value, "") : value.toFixed(1);
}

/** Smaller differences are not written: 0.1 points, half a millisecond a second. */
const LEAST: Readonly<Record<Measure["kind"], number>> = { points: 0.1, time: 0.0005, count: 0.1 };

/** "+3.1", "−0.4" or "+12.5 ms" of samples of the drawn side; "" for next to nothing. */
export function differenceLabel(delta: number, { kind, drawn }: Measure): string {
  const value = delta * drawn;
  if (Math.abs(value) < LEAST[kind]) return "";
  const size = Math.abs(value);
  return `${value > 0 ? "+" : "−"}${kind === "points" ? size.toFixed(1) : formatMeasured(size, kind)}`;
}

/** As differenceLabel with its unit for a sentence: "+3.1 points". */
export function differenceWords(delta: number, measure: Measure): string {
  const label = differenceLabel(delta, measure) || "0";
  return measure.kind === "points" ? `${label} points` : label;
}

/** The unit of a measure, in words. */
export function measureWords({ kind }: Pick<Measure, "kind">): string {
  if (kind === "points") return "share of samples";
  return kind === "time" ? "CPU time per second of recording" : "per second of recording";
}
