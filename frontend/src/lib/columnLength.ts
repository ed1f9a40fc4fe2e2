// The length of a heatmap's columns. Rows are parts of a column. Columns begin at the profile's first whole second.
import type { ColumnLength, TimeRange } from "../types/explorer";

/** Milliseconds. */
export const SECOND = 1000;

/** The grid of a heatmap: a cell is one of `rows` parts of a column of `columnMs` milliseconds. */
export interface Grid {
  readonly rows: number;
  readonly columnMs: number;
}

type KnownLength = Exclude<ColumnLength, "auto">;

const LENGTHS: Readonly<Record<KnownLength, number>> = {
  "20ms": 20,
  "50ms": 50,
  "100ms": 100,
  "250ms": 250,
  "1s": SECOND,
  "10s": 10_000,
  "1min": 60_000,
};

/**
 * The seconds up to which each length is usual. The server chooses by the same table (analysis/columns.py), for whole
 * profiles: to ask it about each part that a zoom shows would be a round trip before the heatmap's own.
 */
const USUAL: readonly (readonly [number, KnownLength])[] = [
  [1, "20ms"],
  [2, "50ms"],
  [7, "100ms"],
  [24, "250ms"],
  [1000, "1s"],
  [10_000, "10s"],
];

/** The length to request: the server chooses for the whole profile, the page for the part that it shows. */
export function requestedLength(chosen: ColumnLength, window: TimeRange | undefined): ColumnLength {
  if (chosen !== "auto" || !window) return chosen;
  const shown = Math.ceil(window.end - window.start);
  return USUAL.find(([most]) => shown <= most)?.[1] ?? "1min";
}

/** The name of a length; a second for one that has none. */
export function lengthName(columnMs: number): KnownLength {
  const names = Object.keys(LENGTHS) as KnownLength[];
  return names.find((name) => LENGTHS[name] === columnMs) ?? "1s";
}

export function lengthMs(name: KnownLength): number {
  return LENGTHS[name];
}

/** Columns in so many whole seconds; the last may be cut short. */
export function columnCount(seconds: number, columnMs: number): number {
  return Math.ceil((seconds * SECOND) / columnMs);
}

/** "20 ms", "10 s", "5 min". */
export function lengthWords(milliseconds: number): string {
  if (milliseconds < SECOND) return `${milliseconds} ms`;
  const seconds = milliseconds / SECOND;
  if (milliseconds < LENGTHS["1min"] || seconds % 60 > 0) return `${seconds} s`;
  return seconds % 3600 > 0 ? `${seconds / 60} min` : `${seconds / 3600} h`;
}
