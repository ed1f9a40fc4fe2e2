// The heatmap in time order. A tick is one cell: up the first column, then up the next, as time runs;
// so a selection is one interval of ticks whatever its shape on the screen, and its samples are the
// difference of two prefix sums.
import { clamp } from "../lib/numbers";
import { tick, type Tick } from "../types/units";
import type { HeatmapAnswer } from "../types/wire";

export interface Heatmap {
  readonly columns: number;
  readonly rows: number;
  /** Samples of each tick. */
  readonly counts: Uint32Array;
  /** Samples before each tick; one longer than counts. */
  readonly before: Float64Array;
  readonly maximum: number;
  readonly samples: number;
  /** Idle samples, which are in no cell. */
  readonly idle: number;
}

export interface Cell {
  readonly column: number;
  /** 0 is the lowest: the first part of the second. */
  readonly row: number;
}

export function buildHeatmap(answer: HeatmapAnswer): Heatmap {
  const rows = answer.rows.length;
  const columns = answer.columns.length;
  const counts = new Uint32Array(rows * columns);
  const before = new Float64Array(rows * columns + 1);
  for (let at = 0; at < counts.length; at += 1) {
    const row = at % rows;
    // The answer's rows run from the highest offset down, ours with the time.
    counts[at] = answer.values[at - row + (rows - 1 - row)] ?? 0;
    before[at + 1] = before[at]! + counts[at]!;
  }
  const samples = before[counts.length]!;
  return { columns, rows, counts, before, maximum: answer.maxvalue, samples, idle: answer.idle ?? 0 };
}

/** Samples of each tick that match the search. */
export function matchesOf(answer: HeatmapAnswer): Float64Array | undefined {
  const { matches, rows: offsets } = answer;
  if (!matches) return undefined;
  const rows = offsets.length;
  return Float64Array.from(matches, (_, at) => matches[at - (at % rows) + (rows - 1 - (at % rows))] ?? 0);
}

export function tickCount(heatmap: Heatmap): number {
  return heatmap.counts.length;
}

export function tickAt(heatmap: Heatmap, { column, row }: Cell): Tick {
  const [x, y] = [clamp(column, 0, heatmap.columns - 1), clamp(row, 0, heatmap.rows - 1)];
  return tick(x * heatmap.rows + y);
}

export function cellOf(heatmap: Heatmap, at: Tick): Cell {
  return { column: Math.floor(at / heatmap.rows), row: at % heatmap.rows };
}

/** Whole second and millisecond at which a cell begins. */
export function timeOf(heatmap: Heatmap, at: Tick): { readonly second: number; readonly millisecond: number } {
  const { column, row } = cellOf(heatmap, at);
  return { second: column, millisecond: Math.round((1000 * row) / heatmap.rows) };
}
