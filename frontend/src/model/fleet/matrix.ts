// The fleet's matrix as dense arrays: rows are hosts (or services, versions), columns are steps of time.
import type { FleetMatrixAnswer } from "../../types/wire";

export interface FleetMatrix {
  readonly rows: readonly string[];
  readonly columns: number;
  /** Seconds since 1970 at the first column, and seconds of a column. */
  readonly start: number;
  readonly step: number;
  /** Of each cell, row by row: busy CPUs, or the samples of the function; NaN where nothing was recorded. */
  readonly values: Float64Array;
  /** The profiles behind each cell. */
  readonly windows: Int32Array;
  readonly samples: Int32Array;
  readonly maximum: number;
  /** Of each row: busy CPUs on average over the recorded columns, or the samples of the function. */
  readonly totals: Float64Array;
  readonly unit: "busy CPUs" | "samples";
}

/** The busiest rows come first. */
export function buildMatrix(answer: FleetMatrixAnswer): FleetMatrix {
  const { columns, matches, busy, row, column } = answer;
  const known = matches === undefined && busy.some((value) => value !== null);
  const valueOf = (cell: number) => (known ? busy[cell] : (matches ?? answer.samples)[cell]) ?? Number.NaN;
  const sums = new Float64Array(answer.rows.length);
  const counts = new Int32Array(answer.rows.length);
  for (let cell = 0; cell < row.length; cell += 1) {
    const value = valueOf(cell);
    if (Number.isNaN(value)) continue;
    sums[row[cell]!]! += value;
    counts[row[cell]!]! += 1;
  }
  const totals = sums.map((sum, place) => (known ? sum / Math.max(counts[place]!, 1) : sum));
  const order = answer.rows.map((_, place) => place).toSorted((one, other) => totals[other]! - totals[one]! || one - other);
  const placeOf = new Int32Array(order.length);
  order.forEach((source, place) => (placeOf[source] = place));
  const values = new Float64Array(order.length * columns).fill(Number.NaN);
  const windows = new Int32Array(values.length);
  const samples = new Int32Array(values.length);
  let maximum = 0;
  for (let cell = 0; cell < row.length; cell += 1) {
    const at = placeOf[row[cell]!]! * columns + column[cell]!;
    values[at] = valueOf(cell);
    windows[at] = answer.windows[cell]!;
    samples[at] = answer.samples[cell]!;
    if (values[at] > maximum) maximum = values[at]!;
  }
  return {
    rows: order.map((source) => answer.rows[source]!),
    columns,
    start: answer.start,
    step: answer.step,
    values,
    windows,
    samples,
    maximum,
    totals: Float64Array.from(order, (source) => totals[source]!),
    unit: known ? "busy CPUs" : "samples",
  };
}

/** The seconds of some columns, the last included. */
export function timeOfColumns({ start, step }: FleetMatrix, first: number, last: number): { readonly from: number; readonly to: number } {
  return { from: start + Math.min(first, last) * step, to: start + (Math.max(first, last) + 1) * step };
}
