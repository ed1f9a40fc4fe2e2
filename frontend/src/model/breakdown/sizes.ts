// The sizes of the two sides of a comparison. Shares alone hide that one side has more of everything.
import { formatAmount, formatCount, formatDuration, isTime } from "../../lib/format";
import { busyWords } from "./busyWords";

/** One side: samples in so many seconds, and its busy CPUs where they are known. */
export interface Size {
  readonly samples: number;
  readonly seconds: number;
  readonly busy: number | undefined;
  /** The unit of `samples`. */
  readonly unit: string;
}

/** Lengths that differ by less count as one. */
const SAME_LENGTH = 0.01;

/** The rest of a whole. Its busy CPUs follow from those of the whole and the part. */
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
 * "B has 36 % more samples" than the base, a second of each where the sides differ in length. By busy CPUs where they were
 * sampled at other rates, "" where they cannot be compared.
 *
 * @param name of the side that is compared with the base, as the colours compare it
 */
export function ratioWords(base: Size, side: Size, name: "A" | "B"): string {
  if (base.samples === 0 || side.samples === 0 || base.unit !== side.unit) return "";
  const rates = [base, side].map(({ samples, seconds, busy }) => (busy ? samples / seconds / busy : undefined));
  if (rates[0] && rates[1] && Math.abs(rates[0] / rates[1] - 1) > SAME_RATE) {
    return `sampled at other rates: ${name} keeps ${percentWords(side.busy! / base.busy!, "CPUs", "as many CPUs")} busy`;
  }
  const timed = base.seconds > 0 && side.seconds > 0;
  const apart = timed && Math.abs(base.seconds / side.seconds - 1) > SAME_LENGTH;
  const ratio = apart ? side.samples / side.seconds / (base.samples / base.seconds) : side.samples / base.samples;
  const counted = isTime(side.unit) ? "time" : side.unit;
  const what = apart ? `${counted} a second` : counted;
  const [less, same] = isTime(side.unit) ? ["less", "as much"] : ["fewer", "as many"];
  return `${name} has ${percentWords(ratio, what, `${same} ${what}`, less)}`;
}

function percentWords(ratio: number, what: string, same: string, less = "fewer"): string {
  const percent = Math.round(100 * Math.abs(ratio - 1));
  if (percent === 0) return same;
  if (ratio >= 2) return `${ratio.toFixed(1)} times the ${what}`;
  return `${formatCount(percent)} % ${ratio > 1 ? "more" : less} ${what}`;
}
