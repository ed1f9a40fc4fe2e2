// What stands out in a selection: who it was, which functions ran, and what it has more of than the rest.
import type { BreakdownAnswer } from "../../types/wire";
import type { Origin } from "../flame/frames/frameOrigin";
import { breakdownRows, type BreakdownRow } from "./rows";

const COMMANDS = 3;
/** A smaller part of the samples is not worth a word. */
const LEAST_SHARE = 0.005;
/** A smaller change, in points, may be chance. */
const LEAST_CHANGE = 1;

/**
 * The busiest commands, of the chosen ones alone where there are any.
 * @param chosen values of the filter, which the rows do not honour
 */
export function leaders(rows: readonly BreakdownRow[], chosen: readonly string[]): readonly BreakdownRow[] {
  const kept = chosen.length === 0 ? rows : rows.filter(({ value }) => chosen.includes(value));
  return kept.slice(0, COMMANDS).filter(({ share }) => share >= LEAST_SHARE);
}

/** How many threads or CPUs the samples are of, and the name of the only one. */
export interface Spread {
  readonly count: number;
  readonly only: BreakdownRow | undefined;
}

/** As a value: not recorded. */
const UNKNOWN = "-1";

/** @param chosen as above; undefined where none is known */
export function spreadOf(answer: BreakdownAnswer | undefined, chosen: readonly string[]): Spread | undefined {
  if (!answer || answer.present === 0) return undefined;
  const rows = breakdownRows(answer).filter(({ value, samples }) => samples > 0 && value !== UNKNOWN && (chosen.length === 0 || chosen.includes(value)));
  // Of many the answer lists a part.
  const listed = breakdownRows(answer).length;
  const count = chosen.length > 0 || answer.present <= listed ? rows.length : answer.present;
  return count === 0 ? undefined : { count, only: count === 1 ? rows[0] : undefined };
}

/** The function in which most samples ended; undefined where none of them did. */
export function mostSelf(rows: readonly BreakdownRow[]): BreakdownRow | undefined {
  const most = rows.reduce<BreakdownRow | undefined>((best, row) => (row.self > (best?.self ?? 0) ? row : best), undefined);
  return most;
}

/** Of code that a reader cannot change. */
const BELOW = new Set<Origin>(["runtime", "kernel", "collection"]);
/** A function with nearly all samples is where the program begins. */
const BEGINS = 0.95;

/**
 * The application's function that the selection is about, with all that it called. As in findings it is the one that has
 * most more of the selection than of the rest. Without one, it is that with the most samples, where the function in which
 * most samples ended is none of the application's.
 *
 * @param originOf who wrote a function; undefined where it is not known
 */
export function ownCode(rows: readonly BreakdownRow[], originOf: (name: string) => Origin | undefined): BreakdownRow | undefined {
  const own = rows.filter(({ value, samples }) => samples > 0 && originOf(value) === "app");
  const grown = mostOf(own, ({ change }) => change);
  if (grown) return grown;
  const self = mostSelf(rows);
  const below = self && originOf(self.value);
  if (!below || !BELOW.has(below)) return undefined;
  return own.find(({ share }) => share < BEGINS) ?? own[0];
}

/** Whether a function takes more of the selection than of the rest, with all that it called. */
export function isGrown({ change }: BreakdownRow): boolean {
  return (change ?? 0) >= LEAST_CHANGE;
}

/** The function that took more of the selection than of the rest, by its own samples. */
export function mostChanged(rows: readonly BreakdownRow[]): BreakdownRow | undefined {
  return mostOf(rows, ({ selfChange }) => selfChange);
}

function mostOf(rows: readonly BreakdownRow[], changeOf: (row: BreakdownRow) => number | undefined): BreakdownRow | undefined {
  const change = (row: BreakdownRow | undefined) => (row && changeOf(row)) ?? 0;
  const most = rows.reduce<BreakdownRow | undefined>((best, row) => (change(row) > change(best) ? row : best), undefined);
  return change(most) >= LEAST_CHANGE ? most : undefined;
}
