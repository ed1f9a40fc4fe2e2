// The line of busy CPUs above a heatmap: a value for each column that is shown.
import { clamp } from "../../lib/numbers";
import type { Piece } from "./heatmap";
import type { Picture } from "./heatmapCells";
import { isUnrecorded, unrecordedBlocks } from "./unrecorded";
import { shownColumns, type HeatmapView } from "./heatmapView";

/** Busy CPUs of each shown column, NaN where they are not known. Merged columns show their mean. */
export function busyColumns({ whole, tiles }: Picture, view: HeatmapView): Float64Array {
  const line = new Float64Array(shownColumns(view)).fill(NaN);
  // Columns without a recorded part. Those with one count for it alone.
  const unrecorded = unrecordedBlocks(whole.recorded, whole.rows, view).filter(({ rows }) => rows === whole.rows);
  for (let column = 0; column < line.length; column += 1) {
    if (isUnrecorded(unrecorded, column, 0)) continue;
    const place = view.from + column * view.merge;
    const tile = tiles.find(({ from, step, columns }) => step === view.merge && place >= from && place < from + columns * step);
    line[column] = meanBusy(tile ?? whole, place, view.merge);
  }
  return line;
}

/** The mean of a piece's columns that `count` of the heatmap's from `place` on touch. */
function meanBusy({ busy, from, step, columns }: Piece, place: number, count: number): number {
  if (!busy) return NaN;
  const first = clamp(Math.floor((place - from) / step), 0, Math.max(columns - 1, 0));
  const last = clamp(Math.ceil((place + count - from) / step), first + 1, columns);
  let sum = 0;
  for (let column = first; column < last; column += 1) sum += busy[column]!;
  return sum / (last - first);
}

/** The upper end of the axis: all CPUs, or the busiest column if their number is not known. */
export function busyTop(line: Float64Array, cpus: number | undefined): number {
  const most = line.reduce((highest, busy) => (busy > highest ? busy : highest), 0);
  return Math.max(cpus ?? 0, Math.ceil(most * 10 - 1e-9) / 10, 0.1);
}
