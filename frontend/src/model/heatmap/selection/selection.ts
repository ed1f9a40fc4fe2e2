// Arithmetic of the selected range. On the screen it is an interval of ticks; in the address and on
// the wire it is seconds. The edges of ticks are parts of a column, one correctly rounded division, so that
// their shortest decimals read back as the same number and the server's samples agree with the cells'.
import { clamp } from "../../../lib/numbers";
import type { TimeRange } from "../../../types/explorer";
import { seconds, tick, type Tick, type TickRange } from "../../../types/units";
import { SECOND, type Grid } from "../../../lib/columnLength";
import { samplesBefore, tickCount, type Heatmap, type Piece } from "../heatmap";
import type { HeatmapView } from "../heatmapView";

const SNAP = 1e-6;

/** The ticks between the two ends of a drag, both included, in either direction. */
export function rangeBetween(anchor: Tick, current: Tick): TickRange {
  return { first: tick(Math.min(anchor, current)), end: tick(Math.max(anchor, current) + 1) };
}

export function toTime({ first, end }: TickRange, { rows, columnMs }: Grid): TimeRange {
  const [second, ticks] = [SECOND * rows, columnMs];
  // A second has a whole number of ticks more often than not: the smaller the numbers, the less is rounded.
  const edge = (at: number) => seconds(second % ticks === 0 ? at / (second / ticks) : (at * ticks) / second);
  return { start: edge(first), end: edge(end) };
}

export function toTicks({ start, end }: TimeRange, { rows, columnMs }: Grid): TickRange {
  const ticks = (SECOND * rows) / columnMs;
  return { first: snapped(start * ticks), end: snapped(end * ticks) };
}

/** Within the profile: the last column may be longer than what is left of it. */
export function insideOf({ start, end }: TimeRange, { seconds: whole }: Heatmap): TimeRange {
  return { start: seconds(Math.min(start, whole)), end: seconds(Math.min(end, whole)) };
}

/** Whether the server refuses a range, such as one of another profile's link: it is empty or not all inside. */
export function isRefusedRange(range: TimeRange | undefined, { seconds: whole }: Pick<Heatmap, "seconds">): boolean {
  return range !== undefined && !(range.start >= 0 && range.start < range.end && range.end <= whole);
}

/** Count samples inside; undefined where an edge runs through a cell or a merged column. Only the server can
 * count there. */
export function samplesIn(heatmap: Heatmap, { first, end }: TickRange, tiles: readonly Piece[] = []): number | undefined {
  if (!Number.isInteger(first) || !Number.isInteger(end)) return undefined;
  const [before, through] = [samplesBefore(heatmap, tiles, first), samplesBefore(heatmap, tiles, end)];
  return before === undefined || through === undefined ? undefined : through - before;
}

/** Moved in time, kept whole: at either end of the profile it stops, it does not shrink. */
export function moved({ first, end }: TickRange, by: number, heatmap: Heatmap): TickRange {
  const earliest = 0 - first;
  const shift = clamp(by, earliest, Math.max(tickCount(heatmap) - end, earliest));
  return { first: tick(first + shift), end: tick(end + shift) };
}

/** Its end moved, down to `least` ticks and up to the end of the profile. */
export function grown({ first, end }: TickRange, by: number, heatmap: Heatmap, least = 1): TickRange {
  const shortest = Math.min(first + least, tickCount(heatmap));
  return { first, end: tick(clamp(end + by, shortest, tickCount(heatmap))) };
}

/** Moved by its own length. */
export function stepped(range: TickRange, direction: 1 | -1, heatmap: Heatmap): TickRange {
  return moved(range, direction * (range.end - range.first), heatmap);
}

/** The range of the first arrow key while nothing is selected: the first column shown. */
export function firstColumn(heatmap: Heatmap, { from, merge }: HeatmapView): TickRange {
  const first = from * heatmap.rows;
  return { first: tick(first), end: tick(Math.min(first + merge * heatmap.rows, tickCount(heatmap))) };
}

/** How far an arrow key moves: up and down by a cell, sideways by a column; where columns are merged, by one always. */
export function arrowTicks(key: string, rows: number, merge: number): number {
  const cell = merge === 1 ? 1 : merge * rows;
  switch (key) {
    case "ArrowUp":
      return cell;
    case "ArrowDown":
      return -cell;
    case "ArrowRight":
      return merge * rows;
    case "ArrowLeft":
      return -merge * rows;
    default:
      return 0;
  }
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

/** The area of a range on the screen: at most a partial column, whole columns, and a partial column. */
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
