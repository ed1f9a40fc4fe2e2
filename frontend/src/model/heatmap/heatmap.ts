// The heatmap in time order. A tick is one cell of one column: up the first column, then up the next, as
// time runs; so a selection is one interval of ticks whatever its shape on the screen. What is known of a
// long profile are pieces: all of it in joined columns, and finer ones of what was looked at.
import { clamp } from "../../lib/numbers";
import { columnCount, SECOND, type Grid } from "../../lib/columnLength";
import { tick, type Tick } from "../../types/units";
import type { HeatmapAnswer } from "../../types/wire";

/** The first and the last tick of the recording, both inside. */
export interface Recorded {
  readonly first: number;
  readonly last: number;
}

/** Of a tick. A time at the edge of two cells may be counted in either, and no cell with a sample may count as unrecorded. */
const NOISE = 1e-6;

/** undefined where the answer does not tell when the recording began. */
export function recordedTicks({ begins, duration }: HeatmapAnswer, { columnMs, rows }: Grid): Recorded | undefined {
  if (begins === undefined) return undefined;
  const toTicks = (second: number) => (second * SECOND * rows) / columnMs;
  return { first: Math.floor(toTicks(begins) - NOISE), last: Math.floor(toTicks(begins + duration) + NOISE) };
}

/** Side by side, from column `from` on; each joins `step` of the heatmap's columns. */
export interface Piece extends Grid {
  readonly from: number;
  readonly step: number;
  readonly columns: number;
  /** Of each cell, up the first column, then up the next. */
  readonly counts: Uint32Array;
  /** Samples that match the search. */
  readonly matches: Uint32Array | undefined;
  /** Sums of counts before each cell; one longer than counts. */
  readonly before: Float64Array;
  /** The largest cell that the whole profile has in such columns. */
  readonly peak: number;
  /** Busy CPUs of each column, NaN where they are not known; undefined where they were not requested. */
  readonly busy: Float64Array | undefined;
  /** undefined where it is not known. */
  readonly recorded: Recorded | undefined;
}

export interface Heatmap extends Grid {
  /** Whole seconds of the profile. */
  readonly seconds: number;
  /** Columns of the profile, each of `columnMs` milliseconds. */
  readonly columns: number;
  /** All of the profile. */
  readonly whole: Piece;
  readonly samples: number;
  /** Idle samples, which are in no cell. */
  readonly idle: number;
}

export interface Cell {
  readonly column: number;
  /** 0 is the lowest: the first part of the column. */
  readonly row: number;
}

export function buildHeatmap(answer: HeatmapAnswer): Heatmap {
  const whole = pieceOf(answer);
  const seconds = answer.seconds ?? whole.columns;
  return {
    seconds,
    columns: columnCount(seconds, whole.columnMs),
    columnMs: whole.columnMs,
    rows: whole.rows,
    whole,
    samples: whole.before[whole.counts.length]!,
    idle: answer.idle,
  };
}

const pieces = new WeakMap<HeatmapAnswer, Piece>();

/** Return the piece of an answer. The same answer returns the same piece. */
export function pieceOf(answer: HeatmapAnswer): Piece {
  const known = pieces.get(answer);
  if (known) return known;
  const { rows: offsets, columns, values, matches } = answer;
  const counts = inTimeOrder(values, offsets.length);
  const columnMs = answer.columnMs ?? SECOND;
  const piece = {
    from: Math.round(((columns[0] ?? 0) * SECOND) / columnMs),
    step: answer.step ?? 1,
    columns: columns.length,
    rows: offsets.length,
    columnMs,
    counts,
    matches: matches && inTimeOrder(matches, offsets.length),
    before: sumsBefore(counts),
    peak: answer.peak ?? answer.maxvalue,
    busy: answer.busy && Float64Array.from(answer.busy, (busy) => busy ?? NaN),
    recorded: recordedTicks(answer, { columnMs, rows: offsets.length }),
  };
  pieces.set(answer, piece);
  return piece;
}

const SHAPE = ["from", "step", "columns", "rows", "columnMs"] as const;

/** A piece with the matches of a search in its columns, unchanged if the answer is of other columns. */
export function withMatches(piece: Piece, answer: HeatmapAnswer | undefined): Piece {
  const found = answer && pieceOf(answer);
  if (!found || SHAPE.some((key) => piece[key] !== found[key])) return piece;
  return { ...piece, matches: found.matches };
}

export function tickCount({ columns, rows }: Heatmap): number {
  return columns * rows;
}

export function tickAt(heatmap: Heatmap, { column, row }: Cell): Tick {
  const [x, y] = [clamp(column, 0, heatmap.columns - 1), clamp(row, 0, heatmap.rows - 1)];
  return tick(x * heatmap.rows + y);
}

export function cellOf(heatmap: Heatmap, at: Tick): Cell {
  return { column: Math.floor(at / heatmap.rows), row: at % heatmap.rows };
}

/** The second at which the column of a cell begins, and the milliseconds from there to the cell. */
export function timeOf(heatmap: Heatmap, at: Tick): { readonly second: number; readonly millisecond: number } {
  const { column, row } = cellOf(heatmap, at);
  const { columnMs, rows } = heatmap;
  const offset = (columnMs * row) / rows;
  return { second: (column * columnMs) / SECOND, millisecond: columnMs < SECOND ? Math.round(offset * 100) / 100 : Math.round(offset) };
}

/** Count samples before a tick; undefined for a tick inside of a merged column. */
export function samplesBefore(heatmap: Heatmap, tiles: readonly Piece[], at: number): number | undefined {
  const edge = clamp(at, 0, tickCount(heatmap));
  if (edge === tickCount(heatmap)) return heatmap.samples;
  const known = beforeIn(heatmap.whole, edge);
  if (known !== undefined) return known;
  for (const tile of tiles) {
    const [first, inside] = [beforeIn(heatmap.whole, tile.from * tile.rows), beforeIn(tile, edge)];
    if (first !== undefined && inside !== undefined) return first + inside;
  }
  return undefined;
}

function beforeIn({ from, step, columns, rows, before }: Piece, at: number): number | undefined {
  const inside = at - from * rows;
  if (inside < 0 || inside > columns * step * rows) return undefined;
  if (step === 1) return before[inside];
  return inside % (step * rows) === 0 ? before[inside / step] : undefined;
}

/** The answer's rows run from the highest offset down, ours with the time. A loop, because a call for each of
 * thousands of cells would slow down panning. */
function inTimeOrder(values: readonly number[], rows: number): Uint32Array {
  const ordered = new Uint32Array(values.length);
  for (let column = 0; column < values.length; column += rows) {
    for (let row = 0; row < rows; row += 1) ordered[column + row] = values[column + rows - 1 - row]!;
  }
  return ordered;
}

function sumsBefore(counts: Uint32Array): Float64Array {
  const before = new Float64Array(counts.length + 1);
  for (let at = 0; at < counts.length; at += 1) before[at + 1] = before[at]! + counts[at]!;
  return before;
}
