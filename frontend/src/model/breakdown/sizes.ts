// The sizes of the two sides of a comparison. Shares alone hide that one side has more of everything.
import { formatAmount, formatCount, formatDuration, isTime } from "../../lib/format";
import { busyWords } from "./busyWords";

/** One side: samples in so many seconds, and its busy CPUs where they are known. */
export interface Size {
  readonly samples: number;
  readonly seconds: number;
  readonly busy: number | undefined;
  /** What `samples` counts. */
  readonly unit: string;
}

/** Lengths that differ by less count as one. */
const SAME_LENGTH = 0.01;

/** What is left of a whole. Its busy CPUs follow from those of both. */
export function restOf(whole: Size, part: Size): Size {
  const seconds = Math.max(whole.seconds - part.seconds, 0);
  const used = whole.busy !== undefined && part.busy !== undefined && seconds > 0;
  return {
    ...whole,
    samples: Math.max(whole.samples - part.samples, 0),
    seconds,
    busy: used ? Math.max(whole.busy * whole.seconds - part.busy * part.seconds, 0) / seconds : undefined,
  };
}

/** "1 200 samples in 10 s, 0.52 CPUs busy", or samples a second where busy CPUs are unknown. */
export function sizeWords({ samples, seconds, busy, unit }: Size): string {
  const count = formatAmount(samples, unit);
  if (seconds <= 0) return count;
  const rate = busy === undefined ? `${formatAmount(Math.round(samples / seconds), unit)} a second` : `${busyWords(busy, undefined)} busy`;
  return `${count} in ${formatDuration(seconds)}, ${rate}`;
}

/** Rates of sampling that differ by more are not by chance. */
const SAME_RATE = 0.1;

/**
 * "B has 36 % more samples", a second of each where the sides differ in length. By busy CPUs where they were sampled at
 * other rates, "" where they cannot be compared.
 */
export function ratioWords(a: Size, b: Size): string {
  if (a.samples === 0 || b.samples === 0 || a.unit !== b.unit) return "";
  const rates = [a, b].map(({ samples, seconds, busy }) => (busy ? samples / seconds / busy : undefined));
  if (rates[0] && rates[1] && Math.abs(rates[0] / rates[1] - 1) > SAME_RATE) {
    return `sampled at other rates: B keeps ${percentWords(b.busy! / a.busy!, "CPUs", "as many CPUs")} busy`;
  }
  const timed = a.seconds > 0 && b.seconds > 0;
  const apart = timed && Math.abs(a.seconds / b.seconds - 1) > SAME_LENGTH;
  const ratio = apart ? b.samples / b.seconds / (a.samples / a.seconds) : b.samples / a.samples;
  const counted = isTime(a.unit) ? "time" : a.unit;
  const what = apart ? `${counted} a second` : counted;
  const [less, same] = isTime(a.unit) ? ["less", "as much"] : ["fewer", "as many"];
  return `B has ${percentWords(ratio, what, `${same} ${what}`, less)}`;
}

function percentWords(ratio: number, what: string, same: string, less = "fewer"): string {
  const percent = Math.round(100 * Math.abs(ratio - 1));
  if (percent === 0) return same;
  if (ratio >= 2) return `${ratio.toFixed(1)} times the ${what}`;
  return `${formatCount(percent)} % ${ratio > 1 ? "more" : less} ${what}`;
}
