// Arithmetic of the strip above a long heatmap: its bars, and the effect of a drag on the window.
import type { TimeRange } from "../../types/explorer";
import type { Heatmap } from "./heatmap";
import { SECOND } from "../../lib/columnLength";
import { pannedWindow, windowAt, type Span } from "./heatmapView";

/** The part of the window that a drag moves; "new" draws another window. */
export type StripEdge = "start" | "end" | "inside" | "new";

/** Height of each pixel's bar, 0…1: the busiest of its columns, so that a spike is never averaged away. */
export function stripBars(heatmap: Heatmap, width: number): Float64Array {
  const totals = columnTotals(heatmap);
  const bars = new Float64Array(width);
  const highest = totals.reduce((most, total) => Math.max(most, total), 0);
  if (highest === 0) return bars;
  for (let at = 0; at < width; at += 1) {
    const from = Math.floor((at * totals.length) / width);
    const to = Math.max(from + 1, Math.floor(((at + 1) * totals.length) / width));
    for (let column = from; column < to; column += 1) bars[at] = Math.max(bars[at]!, totals[column]! / highest);
  }
  return bars;
}

/** Samples of each of the whole profile's columns. */
function columnTotals({ whole: { columns, rows, before } }: Heatmap): Float64Array {
  return Float64Array.from({ length: columns }, (_, column) => before[(column + 1) * rows]! - before[column * rows]!);
}

/** The column of the whole profile with most samples, of those that are at least partly in a range. */
export function busiestColumn({ whole }: Heatmap, start: number, end: number) {
  const milliseconds = whole.step * whole.columnMs;
  let best = { second: Math.floor(start), samples: 0 };
  const last = Math.min(Math.ceil((end * SECOND) / milliseconds), whole.columns);
  for (let column = Math.floor((start * SECOND) / milliseconds); column < last; column += 1) {
    const samples = whole.before[(column + 1) * whole.rows]! - whole.before[column * whole.rows]!;
    if (samples > best.samples) best = { second: (column * milliseconds) / SECOND, samples };
  }
  return { ...best, milliseconds };
}

/** @param reach seconds around an edge that still take hold of it */
export function edgeUnder(view: Span, whole: number, at: number, reach: number): StripEdge {
  if (view.seconds >= whole) return "new";
  if (Math.abs(at - view.from) <= reach) return "start";
  if (Math.abs(at - view.from - view.seconds) <= reach) return "end";
  return at > view.from && at < view.from + view.seconds ? "inside" : "new";
}

/** The window after a drag from one second to another that began with `view`. */
export function draggedWindow(
  view: Span,
  whole: number,
  edge: StripEdge,
  from: number,
  to: number,
): TimeRange | undefined {
  const end = view.from + view.seconds;
  switch (edge) {
    case "inside":
      return pannedWindow(view, whole, to - from);
    case "start":
      return between(to, end, whole);
    case "end":
      return between(view.from, to, whole);
    case "new":
      return between(from, to, whole);
  }
}

function between(one: number, other: number, whole: number): TimeRange | undefined {
  const [first, last] = [Math.floor(Math.min(one, other)), Math.ceil(Math.max(one, other))];
  const shown = Math.min(Math.max(last, 1), whole) - Math.max(first, 0);
  return windowAt(first < 0 ? 0 : first, Math.max(shown, 4), whole);
}
