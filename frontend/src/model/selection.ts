// Arithmetic of the selected range. On the screen it is an interval of ticks; in the address and on
// the wire it is seconds. The edges of ticks are tick/rows, one correctly rounded division, so that
// their shortest decimals read back as the same number and the server's samples agree with the cells'.
import { clamp } from "../lib/numbers";
import type { TimeRange } from "../types/explorer";
import { seconds, tick, type Tick } from "../types/units";
import { tickCount, type Heatmap } from "./heatmap";

/** first ≤ tick < end; not whole numbers where a range was made with other rows. */
export interface TickRange {
  readonly first: Tick;
  readonly end: Tick;
}

const SNAP = 1e-6;

/** The ticks between where a drag began and where it is, both included, in whichever direction. */
export function dragged(anchor: Tick, current: Tick): TickRange {
  return { first: tick(Math.min(anchor, current)), end: tick(Math.max(anchor, current) + 1) };
}

export function toTime({ first, end }: TickRange, rows: number): TimeRange {
  return { start: seconds(first / rows), end: seconds(end / rows) };
}

export function toTicks({ start, end }: TimeRange, rows: number): TickRange {
  return { first: snapped(start * rows), end: snapped(end * rows) };
}

/** Samples inside; undefined where an edge runs through a cell, and only the server can know. */
export function samplesIn(heatmap: Heatmap, { first, end }: TickRange): number | undefined {
  if (!Number.isInteger(first) || !Number.isInteger(end)) return undefined;
  const limit = tickCount(heatmap);
  return heatmap.before[clamp(end, 0, limit)]! - heatmap.before[clamp(first, 0, limit)]!;
}

/** Moved in time, kept whole: at either end of the profile it stops, it does not shrink. */
export function moved({ first, end }: TickRange, by: number, heatmap: Heatmap): TickRange {
  const earliest = 0 - first;
  const shift = clamp(by, earliest, Math.max(tickCount(heatmap) - end, earliest));
  return { first: tick(first + shift), end: tick(end + shift) };
}

/** Its end moved, down to one tick and up to the end of the profile. */
export function grown({ first, end }: TickRange, by: number, heatmap: Heatmap): TickRange {
  const shortest = Math.min(first + 1, tickCount(heatmap));
  return { first, end: tick(clamp(end + by, shortest, tickCount(heatmap))) };
}

/** Moved by its own length. */
export function stepped(range: TickRange, direction: 1 | -1, heatmap: Heatmap): TickRange {
  return moved(range, direction * (range.end - range.first), heatmap);
}

/** Where the keyboard starts when nothing is selected: the first second. */
export function firstSecond(heatmap: Heatmap): TickRange {
  return { first: tick(0), end: tick(Math.min(heatmap.rows, tickCount(heatmap))) };
}

export function sameRange(one: TimeRange | undefined, other: TimeRange | undefined): boolean {
  return one?.start === other?.start && one?.end === other?.end;
}

/** A part of one column, rows from the bottom: first ≤ row < end. */
export interface ColumnPart {
  readonly column: number;
  /** Columns of this height side by side. */
  readonly width: number;
  readonly first: number;
  readonly end: number;
}

/** What a range covers on the screen: at most a partial column, whole columns, and a partial column. */
export function partsOf({ first, end }: TickRange, rows: number): ColumnPart[] {
  if (end <= first) return [];
  const from = Math.floor(first / rows);
  const to = Math.ceil(end / rows) - 1;
  const [bottom, top] = [first - from * rows, end - to * rows];
  if (from === to) return [{ column: from, width: 1, first: bottom, end: top }];
  const parts: ColumnPart[] = [];
  const wholeFrom = bottom > 0 ? from + 1 : from;
  const wholeTo = top < rows ? to : to + 1;
  if (bottom > 0) parts.push({ column: from, width: 1, first: bottom, end: rows });
  if (wholeTo > wholeFrom) parts.push({ column: wholeFrom, width: wholeTo - wholeFrom, first: 0, end: rows });
  if (top < rows) parts.push({ column: to, width: 1, first: 0, end: top });
  return parts;
}

function snapped(value: number): Tick {
  const whole = Math.round(value);
  return tick(Math.abs(value - whole) < SNAP ? whole : value);
}
