// The part of a long profile that is on the screen: a window of whole seconds, and how many seconds
// share a column where there are more of them than pixels. A merged cell joins the same part of each of
// its seconds, by sum or by the highest; the legend says which.
import { clamp } from "../lib/numbers";
import type { Merge, TimeRange } from "../types/explorer";
import { seconds, tick } from "../types/units";
import type { Heatmap } from "./heatmap";
import type { TickRange } from "./selection";

export interface HeatmapView {
  /** First second shown; a multiple of merge. */
  readonly from: number;
  /** Seconds shown. */
  readonly seconds: number;
  /** Seconds in a column. */
  readonly merge: number;
}

/** The cells of a view, up the first column, then up the next. */
export interface ShownCells {
  readonly columns: number;
  readonly rows: number;
  readonly counts: Float64Array;
  /** Samples that match the search; undefined without one. */
  readonly matches: Float64Array | undefined;
  readonly maximum: number;
}

const COLUMN_MIN = 1.5;
const STEPS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600];
/** From this many seconds on, a profile has the strip above it, and the wheel zooms. */
export const LONG = 150;
/** No closer than this many seconds. */
const CLOSEST = 4;

/** @param width of the plot, in CSS pixels */
export function viewOf(columns: number, window: TimeRange | undefined, width: number): HeatmapView {
  const first = window ? clamp(Math.floor(window.start), 0, Math.max(columns - 1, 0)) : 0;
  const last = window ? clamp(Math.ceil(window.end), first + 1, Math.max(columns, first + 1)) : columns;
  const merge = mergeFactor(last - first, width);
  const from = Math.floor(first / merge) * merge;
  return { from, seconds: last - from, merge };
}

/** The fewest seconds a column, of steps that read well, that leave columns wide enough to see. */
export function mergeFactor(shown: number, width: number): number {
  const room = Math.max(Math.floor(width / COLUMN_MIN), 1);
  return STEPS.find((step) => shown / step <= room) ?? Math.ceil(shown / room / 3600) * 3600;
}

export function shownColumns({ seconds: shown, merge }: HeatmapView): number {
  return Math.ceil(shown / merge);
}

export function shownCells(heatmap: Heatmap, view: HeatmapView, how: Merge, matches?: Float64Array): ShownCells {
  const { rows } = heatmap;
  const columns = shownColumns(view);
  const counts = merged(heatmap.counts, heatmap, view, how);
  let maximum = 0;
  for (const count of counts) if (count > maximum) maximum = count;
  return {
    columns,
    rows,
    counts,
    // Matches are joined alike, so that their share of the cell is a share of the same samples.
    matches: matches && merged(matches, heatmap, view, how),
    // Colours mean the same wherever one looks, as long as a column is a second.
    maximum: view.merge === 1 ? heatmap.maximum : maximum,
  };
}

/** A range with its ends at the edges of merged columns: what is joined cannot be selected apart. */
export function snappedToColumns({ first, end }: TickRange, rows: number, merge: number): TickRange {
  if (merge === 1) return { first, end };
  const step = rows * merge;
  return { first: tick(Math.floor(first / step) * step), end: tick(Math.ceil(end / step) * step) };
}

/** The window a factor closer (below 1) or farther, with the same second under the pointer. */
export function zoomedWindow(view: HeatmapView, columns: number, at: number, factor: number): TimeRange | undefined {
  const shown = clamp(Math.round(view.seconds * factor), Math.min(CLOSEST, columns), columns);
  const share = view.seconds > 0 ? clamp((at - view.from) / view.seconds, 0, 1) : 0;
  return windowAt(Math.round(at - share * shown), shown, columns);
}

export function pannedWindow(view: HeatmapView, columns: number, by: number): TimeRange | undefined {
  return windowAt(view.from + Math.round(by), view.seconds, columns);
}

/** A window of `shown` seconds from `from` on, kept inside; undefined where it is the whole profile. */
export function windowAt(from: number, shown: number, columns: number): TimeRange | undefined {
  if (shown >= columns) return undefined;
  const start = clamp(from, 0, columns - shown);
  return { start: seconds(start), end: seconds(start + shown) };
}

/** The window that a selection fills, with a little around it. */
export function windowOf(range: TimeRange, columns: number): TimeRange | undefined {
  const shown = Math.max(Math.ceil((range.end - range.start) * 1.1 - 1e-9), Math.min(CLOSEST, columns));
  return windowAt(Math.floor((range.start + range.end - shown) / 2), shown, columns);
}

/** Samples of each second, for the strip that shows all of a profile. */
export function secondTotals({ columns, rows, before }: Heatmap): Float64Array {
  const totals = new Float64Array(columns);
  for (let second = 0; second < columns; second += 1) {
    totals[second] = before[(second + 1) * rows]! - before[second * rows]!;
  }
  return totals;
}

function merged(values: ArrayLike<number>, { rows, columns }: Heatmap, view: HeatmapView, how: Merge): Float64Array {
  const shown = shownColumns(view);
  const joined = new Float64Array(shown * rows);
  const last = Math.min(view.from + view.seconds, columns);
  for (let second = view.from; second < last; second += 1) {
    const to = Math.floor((second - view.from) / view.merge) * rows;
    const from = second * rows;
    for (let row = 0; row < rows; row += 1) {
      const value = values[from + row]!;
      if (how === "sum") joined[to + row]! += value;
      else if (value > joined[to + row]!) joined[to + row] = value;
    }
  }
  return joined;
}
