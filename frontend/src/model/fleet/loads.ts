// Rows of the fleet whose load differs: from that of the other rows, or at one time from their own.
import { median } from "../../lib/median";
import type { FleetMatrix } from "./matrix";
import { timeOfColumns } from "./matrix";

/** A row and its busy CPUs. With a time, `usual` is the median of its other times, else that of the other rows. */
export interface UnusualLoad {
  readonly row: string;
  readonly busy: number;
  readonly usual: number;
  readonly time: { readonly from: number; readonly to: number } | undefined;
}

/** At least so many times the usual load. */
const TIMES = 2;
const TIMES_OF_A_MOMENT = 3;
/** Fewer rows or times have no others to differ from. */
const LEAST = 3;
const LEAST_TIMES = 5;
const LEAST_SAMPLES = 50;
/** Samples come by chance: their number deviates by its root, and there are many cells to look at. */
const DEVIATIONS = 5;
const SHOWN = 4;

/** The rows that are busier than all others, then the times at which one row alone is busier than else. */
export function unusualLoads(matrix: FleetMatrix): UnusualLoad[] {
  if (matrix.unit !== "busy CPUs" || matrix.rows.length < LEAST) return [];
  const rows = matrix.rows.flatMap((row, place) => {
    const busy = matrix.totals[place]!;
    const usual = median([...matrix.totals].filter((_, other) => other !== place));
    return samplesOf(matrix, place) >= LEAST_SAMPLES && busy >= TIMES * usual && busy > 0 ? [{ row, busy, usual, time: undefined }] : [];
  });
  const usualOfRows = matrix.rows.map((_, place) => usualOf(matrix, place));
  const moments = matrix.rows.flatMap((_, place) => unusualAt(matrix, place, usualOfRows) ?? []);
  return [...largest(rows), ...largest(moments)];
}

/** The busiest time of a row, if its samples cannot be chance and the other rows are not busier then, too. */
function unusualAt(matrix: FleetMatrix, place: number, usualOfRows: readonly number[]): UnusualLoad | undefined {
  const { columns, values } = matrix;
  const own = values.subarray(place * columns, (place + 1) * columns);
  const usual = usualOfRows[place]!;
  let column = -1;
  for (const [at, value] of own.entries()) if (value > (own[column] ?? 0)) column = at;
  if (column < 0 || usual <= 0 || own.filter((value) => !Number.isNaN(value)).length < LEAST_TIMES) return undefined;
  const busy = own[column]!;
  const samples = matrix.samples[place * columns + column]!;
  const expected = (samples * usual) / busy;
  if (busy < TIMES_OF_A_MOMENT * usual || samples < LEAST_SAMPLES || samples - expected < DEVIATIONS * Math.sqrt(expected)) return undefined;
  const others = usualOfRows.flatMap((usualThere, other) => {
    const there = values[other * columns + column]!;
    return other === place || usualThere <= 0 || Number.isNaN(there) ? [] : [there / usualThere];
  });
  if (others.length > 0 && median(others) >= TIMES) return undefined;
  return { row: matrix.rows[place]!, busy, usual, time: timeOfColumns(matrix, column, column) };
}

function usualOf({ columns, values }: FleetMatrix, place: number): number {
  return median([...values.subarray(place * columns, (place + 1) * columns)].filter((value) => !Number.isNaN(value)));
}

function samplesOf({ columns, samples }: FleetMatrix, place: number): number {
  return samples.subarray(place * columns, (place + 1) * columns).reduce((sum, count) => sum + count, 0);
}

function largest(found: readonly UnusualLoad[]): UnusualLoad[] {
  return found.toSorted((one, other) => other.busy / other.usual - one.busy / one.usual).slice(0, SHOWN);
}
