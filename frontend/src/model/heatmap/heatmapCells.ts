// The painted cells of a view, merged from the pieces that have arrived. Pieces as fine as the view are
// requested. Until they arrive, the whole profile's coarser columns stand in and are marked as estimates.
import { clamp } from "../../lib/numbers";
import type { Merge, TimeRange } from "../../types/explorer";
import { seconds, type Tick } from "../../types/units";
import { SECOND } from "../../lib/columnLength";
import { cellOf, type Heatmap, type Piece } from "./heatmap";
import { shownColumns, type HeatmapView } from "./heatmapView";
import { isUnrecorded, unrecordedBlocks, type CellBlock } from "./unrecorded";

/** The cells of a view, up the first column, then up the next. */
export interface ShownCells {
  readonly columns: number;
  readonly rows: number;
  /** Not whole numbers where they are estimated. */
  readonly counts: Float64Array;
  /** Samples that match the search; undefined without one. */
  readonly matches: Float64Array | undefined;
  readonly maximum: number;
  /** Columns estimated from coarser ones. */
  readonly estimated: number;
  /** Cells outside of the recording. */
  readonly unrecorded: readonly CellBlock[];
}

/** The pieces of a view, joined one way. */
export interface Picture {
  readonly whole: Piece;
  readonly tiles: readonly Piece[];
}

/** Columns of a tile: so many that most screens need two or three, and each is a fraction of a second away. */
const TILE = 600;

/** The ranges to request where the whole profile's columns are too coarse for a view, else none. */
export function tilesOf({ whole, columns, seconds: wholeSeconds }: Heatmap, { from, shown, merge }: HeatmapView): TimeRange[] {
  if (isJoinable(whole, merge)) return [];
  const length = TILE * merge;
  const toTime = (column: number) => seconds((column * whole.columnMs) / SECOND);
  const tiles: TimeRange[] = [];
  // A quarter of the view around it, so that panning finds it there.
  const last = Math.min(from + shown * 1.25, columns);
  for (let start = Math.floor(Math.max(from - shown / 4, 0) / length) * length; start < last; start += length) {
    const end = Math.min(start + length, columns);
    // The last column may be longer than what is left of the profile.
    tiles.push({ start: toTime(start), end: seconds(Math.min(toTime(end), wholeSeconds)) });
  }
  return tiles;
}

export function shownCells({ whole, tiles }: Picture, view: HeatmapView, how: Merge): ShownCells {
  const [columns, { rows }] = [shownColumns(view), whole];
  const counts = new Float64Array(columns * rows);
  const matches = whole.matches && new Float64Array(columns * rows);
  const unrecorded = unrecordedBlocks(whole.recorded, rows, view);
  if (isJoinable(whole, view.merge)) {
    join(whole.counts, whole, view, how, counts);
    // Matches are joined alike, so that their share of the cell is a share of the same samples.
    if (whole.matches && matches) join(whole.matches, whole, view, how, matches);
    return { columns, rows, counts, matches, maximum: joinedPeak(whole, view.merge, how), estimated: 0, unrecorded };
  }
  const fine = tiles.filter(({ step }) => step === view.merge);
  const share = how === "sum" ? view.merge / whole.step : 1;
  let estimated = 0;
  for (let column = 0; column < columns; column += 1) {
    const place = view.from + column * view.merge;
    const tile = fine.find(({ from, columns: wide, step }) => place >= from && place < from + wide * step);
    const [piece, part] = tile ? [tile, 1] : [whole, share];
    if (!tile) estimated += 1;
    const from = Math.floor((place - piece.from) / piece.step) * rows;
    for (let row = 0; row < rows; row += 1) {
      counts[column * rows + row] = (piece.counts[from + row] ?? 0) * part;
      if (matches) matches[column * rows + row] = (piece.matches?.[from + row] ?? 0) * part;
    }
  }
  const maximum = fine[0]?.peak ?? Math.ceil(whole.peak * share);
  return { columns, rows, counts, matches, maximum, estimated, unrecorded };
}

/** Read a cell of a view: when its column begins and ends, its counts unless they are estimates, whether it was recorded. */
export function readCell(cells: ShownCells, view: HeatmapView, heatmap: Heatmap, at: Tick) {
  const { column: place, row } = cellOf(heatmap, at);
  const column = clamp(Math.floor((place - view.from) / view.merge), 0, Math.max(cells.columns - 1, 0));
  const first = view.from + column * view.merge;
  const toSecond = (edge: number) => Math.min((edge * heatmap.columnMs) / SECOND, heatmap.seconds);
  const cell = column * cells.rows + row;
  const known = cells.estimated === 0;
  return {
    first: toSecond(first),
    last: toSecond(first + view.merge),
    count: known ? (cells.counts[cell] ?? 0) : undefined,
    matches: known ? cells.matches?.[cell] : undefined,
    unrecorded: isUnrecorded(cells.unrecorded, column, row),
  };
}

/** Whether a view's columns, of `merge` each, can be made of a piece's. */
export function isJoinable({ step }: Piece, merge: number): boolean {
  return merge % step === 0;
}

function join(values: Uint32Array, { from, step, columns, rows }: Piece, view: HeatmapView, how: Merge, joined: Float64Array): void {
  const first = Math.max(Math.floor((view.from - from) / step), 0);
  const last = Math.min(Math.ceil((view.from + view.shown - from) / step), columns);
  for (let column = first; column < last; column += 1) {
    const to = Math.floor((from + column * step - view.from) / view.merge) * rows;
    for (let row = 0; row < rows; row += 1) {
      const value = values[column * rows + row]!;
      if (how === "sum") joined[to + row]! += value;
      else if (value > joined[to + row]!) joined[to + row] = value;
    }
  }
}

/** Peaks of a piece by how it is joined: the colours mean the same wherever one looks. */
const peaks = new WeakMap<Piece, Map<string, number>>();

function joinedPeak(piece: Piece, merge: number, how: Merge): number {
  if (merge === piece.step) return piece.peak;
  const known = peaks.get(piece) ?? new Map<string, number>();
  peaks.set(piece, known);
  const key = `${merge} ${how}`;
  const peak = known.get(key) ?? peakOf(piece, merge, how);
  known.set(key, peak);
  return peak;
}

function peakOf(piece: Piece, merge: number, how: Merge): number {
  const view = { from: piece.from, shown: piece.columns * piece.step, merge };
  const joined = new Float64Array(shownColumns(view) * piece.rows);
  join(piece.counts, piece, view, how, joined);
  return joined.reduce((most, count) => Math.max(most, count), 0);
}
