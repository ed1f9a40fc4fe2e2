// Rows of the fleet that differ from the others: who spends far more in a function than the rest does.
import { median } from "../../lib/median";
import type { FleetFunctionsAnswer } from "../../types/wire";

export interface Unusual {
  readonly row: string;
  readonly name: string;
  readonly library: string;
  /** Of the row's samples, and the median of the other rows. */
  readonly share: number;
  readonly others: number;
  readonly samples: number;
}

/** At least so many times the others' share, and so much of the row's own. */
const TIMES = 2;
const LEAST_SHARE = 0.05;
/** Fewer have no others to differ from. */
export const LEAST_ROWS = 3;
const LEAST_SAMPLES = 50;
const SHOWN = 8;

export function rowsOf({ functions }: Pick<FleetFunctionsAnswer, "functions">): ReadonlySet<string> {
  return new Set(functions.map(({ row }) => row));
}

/** The functions of single rows that stand out, the greatest difference first. A row without a function has a share of 0. */
export function unusualRows({ functions }: FleetFunctionsAnswer): Unusual[] {
  const rows = rowsOf({ functions });
  if (rows.size < LEAST_ROWS) return [];
  const shares = new Map<string, Map<string, number>>();
  for (const { name, library, row, share } of functions) {
    const key = `${name}\0${library}`;
    const known = shares.get(key) ?? new Map<string, number>();
    shares.set(key, known.set(row, share));
  }
  const found: Unusual[] = [];
  for (const { row, name, library, share, samples } of functions) {
    const all = shares.get(`${name}\0${library}`)!;
    const others = median([...rows].filter((other) => other !== row).map((other) => all.get(other) ?? 0));
    if (share >= LEAST_SHARE && samples >= LEAST_SAMPLES && share >= TIMES * others) found.push({ row, name, library, share, others, samples });
  }
  return found.toSorted((one, other) => other.share - other.others - (one.share - one.others)).slice(0, SHOWN);
}
