// What stands out in a selection: who it was, which functions ran, and what it has more of than the rest.
import type { BreakdownRow } from "./rows";

const COMMANDS = 3;
/** A smaller part of the samples is not worth a word. */
const LEAST_SHARE = 0.005;
/** A smaller change, in points, may be chance. */
const LEAST_CHANGE = 1;

/** The busiest commands. */
export function leaders(rows: readonly BreakdownRow[]): readonly BreakdownRow[] {
  return rows.slice(0, COMMANDS).filter(({ share }) => share >= LEAST_SHARE);
}

/** The function in which most samples ended; undefined where none of them did. */
export function mostSelf(rows: readonly BreakdownRow[]): BreakdownRow | undefined {
  const most = rows.reduce<BreakdownRow | undefined>((best, row) => (row.self > (best?.self ?? 0) ? row : best), undefined);
  return most;
}

/** The function that took more of the selection than of the rest, by its own samples. */
export function mostChanged(rows: readonly BreakdownRow[]): BreakdownRow | undefined {
  const change = (row: BreakdownRow | undefined) => row?.selfChange ?? 0;
  const most = rows.reduce<BreakdownRow | undefined>((best, row) => (change(row) > change(best) ? row : best), undefined);
  return change(most) >= LEAST_CHANGE ? most : undefined;
}
