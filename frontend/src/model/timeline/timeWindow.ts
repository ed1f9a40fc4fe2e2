// The part of a stack chart that is shown, in microseconds from the start of its range: pure arithmetic.
import { clamp } from "../../lib/numbers";
import type { Span } from "../flame/layout/flameLayout";

/** No closer than this: a microsecond is the unit of spans. */
const CLOSEST = 20;

/** Within the whole, and not longer than it. */
export function insideOf(whole: number, { from, samples }: Span): Span {
  const length = clamp(samples, Math.min(CLOSEST, whole), whole);
  return { from: clamp(from, 0, whole - length), samples: length };
}

/** Closer by `factor` around a share of the width, which stays where it is. */
export function closer(whole: number, span: Span, factor: number, at: number): Span {
  const length = clamp(span.samples / factor, Math.min(CLOSEST, whole), whole);
  return insideOf(whole, { from: span.from + (span.samples - length) * at, samples: length });
}

/** Along the time by a share of the width. */
export function along(whole: number, span: Span, share: number): Span {
  return insideOf(whole, { from: span.from + span.samples * share, samples: span.samples });
}

export function isWhole(whole: number, span: Span): boolean {
  return span.samples >= whole;
}

export interface AxisTick {
  /** Microseconds from the start of the range. */
  readonly at: number;
  readonly label: string;
}

const STEPS = [1, 2, 5];

/**
 * Ticks at round times of the profile, at most one in `room` pixels.
 * @param start seconds of the profile at which the range begins
 */
export function axisTicks(start: number, span: Span, width: number, room: number): AxisTick[] {
  if (span.samples <= 0 || width <= 0) return [];
  const step = stepOf((span.samples * room) / width);
  const digits = Math.max(0, 6 - Math.floor(Math.log10(step)));
  const origin = Math.round(start * 1e6);
  const ticks: AxisTick[] = [];
  for (let tick = Math.ceil((origin + span.from) / step) * step; tick <= origin + span.from + span.samples; tick += step) {
    ticks.push({ at: tick - origin, label: `${(tick / 1e6).toFixed(digits)} s` });
  }
  return ticks;
}

/** The smallest of 1, 2, 5, 10, 20, … that is not smaller. */
function stepOf(least: number): number {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(least)));
  return (STEPS.find((step) => step * power >= least) ?? 10) * power;
}
