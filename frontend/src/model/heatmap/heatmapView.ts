// The part of a profile that is on the screen: a window of whole seconds, and how many seconds share a
// column where there are more of them than pixels. Merged seconds are selected together.
import { clamp } from "../../lib/numbers";
import type { TimeRange } from "../../types/explorer";
import { seconds, tick, type TickRange } from "../../types/units";
import { tickCount, type Heatmap } from "./heatmap";

export interface HeatmapView {
  /** First second shown; a multiple of merge. */
  readonly from: number;
  /** Seconds shown: whole columns, except at the end of the profile. */
  readonly seconds: number;
  /** Seconds in a column. */
  readonly merge: number;
}

/** A stretch of time, not rounded to whole seconds: slow gestures would never move. */
export interface Span {
  readonly from: number;
  readonly seconds: number;
}

const COLUMN_MIN = 1;
/** Those of the server, each a multiple of the one before: finer columns join to coarser ones. */
const STEPS = [1, 5, 10, 20, 60, 120, 600, 1800, 3600];
const HOUR = 3600;
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
  return { from, seconds: Math.min(Math.ceil(last / merge) * merge, Math.max(columns, last)) - from, merge };
}

/** The fewest seconds a column, of steps that read well, that leave columns wide enough to see. */
export function mergeFactor(shown: number, width: number): number {
  const room = Math.max(Math.floor(width / COLUMN_MIN), 1);
  return STEPS.find((step) => shown / step <= room) ?? Math.ceil(shown / room / HOUR) * HOUR;
}

export function shownColumns({ seconds: shown, merge }: HeatmapView): number {
  return Math.ceil(shown / merge);
}

/** A range with its ends at the edges of merged columns, or of the profile. */
export function snappedToColumns({ first, end }: TickRange, heatmap: Heatmap, merge: number): TickRange {
  if (merge === 1) return { first, end };
  const step = heatmap.rows * merge;
  return {
    first: tick(Math.floor(first / step) * step),
    end: tick(Math.min(Math.ceil(end / step) * step, tickCount(heatmap))),
  };
}

/** The span of a window; without one, of the whole profile. */
export function spanOf(window: TimeRange | undefined, columns: number): Span {
  return window ? { from: window.start, seconds: window.end - window.start } : { from: 0, seconds: columns };
}

/** A factor closer (below 1) or farther, with the same second under the pointer. */
export function zoomed(span: Span, columns: number, at: number, factor: number): Span {
  const shown = clamp(span.seconds * factor, Math.min(CLOSEST, columns), columns);
  const share = span.seconds > 0 ? clamp((at - span.from) / span.seconds, 0, 1) : 0;
  return kept({ from: at - share * shown, seconds: shown }, columns);
}

export function panned(span: Span, columns: number, by: number): Span {
  return kept({ seconds: span.seconds, from: span.from + by }, columns);
}

/** Where two fingers that lay on two seconds have gone, as shares (0 to 1) of the plot's width. */
export function pinched(
  held: readonly [number, number],
  places: readonly [number, number],
  columns: number,
): Span | undefined {
  const [[one, other], [left, right]] = [held, places];
  // Fingers on one spot, or crossed, have no scale.
  if ((right - left) * (other - one) <= 0) return undefined;
  const shown = clamp((other - one) / (right - left), Math.min(CLOSEST, columns), columns);
  // Where the bounds keep it from following both, it follows the place between them.
  return kept({ from: (one + other) / 2 - ((left + right) / 2) * shown, seconds: shown }, columns);
}

/** The whole seconds of a span; undefined where that is the whole profile. */
export function windowOfSpan(span: Span, columns: number): TimeRange | undefined {
  return windowAt(Math.round(span.from), Math.round(span.seconds), columns);
}

export function zoomedWindow(view: HeatmapView, columns: number, at: number, factor: number): TimeRange | undefined {
  return windowOfSpan(zoomed(view, columns, at, factor), columns);
}

export function pannedWindow(view: HeatmapView, columns: number, by: number): TimeRange | undefined {
  return windowOfSpan(panned(view, columns, by), columns);
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

/** The window moved so that a selection is in its middle, where it would be outside; as it is otherwise. */
export function followed(window: TimeRange | undefined, range: TimeRange, columns: number): TimeRange | undefined {
  if (!window) return undefined;
  const shown = window.end - window.start;
  const inside = range.start >= window.start && range.end <= window.end;
  // A selection longer than the window is only partly in it.
  const partly = range.end - range.start > shown && range.start < window.end && range.end > window.start;
  if (inside || partly) return window;
  return windowAt(Math.floor((range.start + range.end - shown) / 2), shown, columns);
}

function kept({ from, seconds: shown }: Span, columns: number): Span {
  return { from: clamp(from, 0, Math.max(columns - shown, 0)), seconds: shown };
}
