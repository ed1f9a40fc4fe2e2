// The part of a profile that is on the screen: a window of whole seconds, and how many columns are merged
// where there are more of them than pixels. Merged columns are selected together.
import { clamp } from "../../lib/numbers";
import type { TimeRange } from "../../types/explorer";
import { seconds, tick, type TickRange } from "../../types/units";
import { SECOND } from "../../lib/columnLength";
import { tickCount, type Heatmap } from "./heatmap";

export interface HeatmapView {
  /** First column shown; a multiple of merge. */
  readonly from: number;
  /** Columns shown: whole merged ones, except at the end of the profile. */
  readonly shown: number;
  /** Columns that are drawn as one. */
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

/**
 * @param columns of the profile
 * @param columnMs milliseconds of each
 * @param width of the plot, in CSS pixels
 */
export function viewOf(columns: number, columnMs: number, window: TimeRange | undefined, width: number): HeatmapView {
  // Windows begin and end at whole seconds, which are whole numbers of the shorter columns.
  const place = (second: number) => (second * SECOND) / columnMs;
  const first = window ? clamp(Math.floor(place(Math.floor(window.start))), 0, Math.max(columns - 1, 0)) : 0;
  const last = window ? clamp(Math.ceil(place(Math.ceil(window.end))), first + 1, Math.max(columns, first + 1)) : columns;
  const merge = mergeFactor(last - first, width);
  const from = Math.floor(first / merge) * merge;
  return { from, shown: Math.min(Math.ceil(last / merge) * merge, Math.max(columns, last)) - from, merge };
}

/** The fewest columns to merge, of steps that read well, that leave merged ones wide enough to see. */
export function mergeFactor(shown: number, width: number): number {
  const room = Math.max(Math.floor(width / COLUMN_MIN), 1);
  return STEPS.find((step) => shown / step <= room) ?? Math.ceil(shown / room / HOUR) * HOUR;
}

export function shownColumns({ shown, merge }: Pick<HeatmapView, "shown" | "merge">): number {
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

/** The span of a window; without one, of the whole profile, which has `whole` seconds. */
export function spanOf(window: TimeRange | undefined, whole: number): Span {
  return window ? { from: window.start, seconds: window.end - window.start } : { from: 0, seconds: whole };
}

/** A factor closer (below 1) or farther, with the same second under the pointer. */
export function zoomed(span: Span, whole: number, at: number, factor: number): Span {
  const shown = clamp(span.seconds * factor, Math.min(CLOSEST, whole), whole);
  const share = span.seconds > 0 ? clamp((at - span.from) / span.seconds, 0, 1) : 0;
  return kept({ from: at - share * shown, seconds: shown }, whole);
}

export function panned(span: Span, whole: number, by: number): Span {
  return kept({ seconds: span.seconds, from: span.from + by }, whole);
}

/** Where two fingers that lay on two seconds have gone, as shares (0 to 1) of the plot's width. */
export function pinched(
  held: readonly [number, number],
  places: readonly [number, number],
  whole: number,
): Span | undefined {
  const [[one, other], [left, right]] = [held, places];
  // Fingers on one spot, or crossed, have no scale.
  if ((right - left) * (other - one) <= 0) return undefined;
  const shown = clamp((other - one) / (right - left), Math.min(CLOSEST, whole), whole);
  // Where the bounds keep it from following both, it follows the place between them.
  return kept({ from: (one + other) / 2 - ((left + right) / 2) * shown, seconds: shown }, whole);
}

/** The whole seconds of a span; undefined where that is the whole profile. */
export function windowOfSpan(span: Span, whole: number): TimeRange | undefined {
  return windowAt(Math.round(span.from), Math.round(span.seconds), whole);
}

export function zoomedWindow(view: Span, whole: number, at: number, factor: number): TimeRange | undefined {
  return windowOfSpan(zoomed(view, whole, at, factor), whole);
}

export function pannedWindow(view: Span, whole: number, by: number): TimeRange | undefined {
  return windowOfSpan(panned(view, whole, by), whole);
}

/** A window of `shown` seconds from `from` on, kept inside; undefined where it is the whole profile. */
export function windowAt(from: number, shown: number, whole: number): TimeRange | undefined {
  if (shown >= whole) return undefined;
  const start = clamp(from, 0, whole - shown);
  return { start: seconds(start), end: seconds(start + shown) };
}

/** The window that a selection fills, with a little around it. */
export function windowOf(range: TimeRange, whole: number): TimeRange | undefined {
  const shown = Math.max(Math.ceil((range.end - range.start) * 1.1 - 1e-9), Math.min(CLOSEST, whole));
  return windowAt(Math.floor((range.start + range.end - shown) / 2), shown, whole);
}

/** The window moved so that a selection is in its middle, where it would be outside; as it is otherwise. */
export function followed(window: TimeRange | undefined, range: TimeRange, whole: number): TimeRange | undefined {
  if (!window) return undefined;
  const shown = window.end - window.start;
  const inside = range.start >= window.start && range.end <= window.end;
  // A selection longer than the window is only partly in it.
  const partly = range.end - range.start > shown && range.start < window.end && range.end > window.start;
  if (inside || partly) return window;
  return windowAt(Math.floor((range.start + range.end - shown) / 2), shown, whole);
}

function kept({ from, seconds: shown }: Span, whole: number): Span {
  return { from: clamp(from, 0, Math.max(whole - shown, 0)), seconds: shown };
}
