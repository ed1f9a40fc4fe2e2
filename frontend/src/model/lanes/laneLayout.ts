// Where things are in the lanes: a sparkline above a small heatmap, one lane below the other, on the heatmap's time axis.
import { clamp } from "../../lib/numbers";
import { tick, type TickRange } from "../../types/units";
import { tickCount, type Heatmap, type Piece } from "../heatmap/heatmap";
import { SECOND } from "../../lib/columnLength";
import { columnUnder, xOfColumn, type HeatmapLayout } from "../heatmap/layout/heatmapLayout";
import { shownColumns, snappedToColumns } from "../heatmap/heatmapView";

/** Rows of a lane's heatmap, each two pixels high. */
export const LANE_ROWS = 8;
export const LANE = { height: 28, spark: { top: 2, height: 8 }, heat: { top: 11, height: 2 * LANE_ROWS } };
/** In narrower windows lanes are folded. */
export const HIDDEN_BELOW = 700;

/** The whole columns between two places of a drag on a lane. */
export function laneRange(heatmap: Heatmap, layout: HeatmapLayout, from: number, to: number): TickRange {
  const [left, right] = [Math.min(from, to), Math.max(from, to)].map((x) => columnOf(layout, x));
  const { merge } = layout.view;
  const range = { first: tick(left! * heatmap.rows), end: tick(Math.min((right! + merge) * heatmap.rows, tickCount(heatmap))) };
  return snappedToColumns(range, heatmap, merge);
}

/** The first of the merged columns under a place, kept inside of the view. */
function columnOf(layout: HeatmapLayout, x: number): number {
  const { from, merge } = layout.view;
  const column = Math.floor((columnUnder(layout, x) - from) / merge);
  return from + clamp(column, 0, shownColumns(layout.view) - 1) * merge;
}

/** The columns that a range touches, as places; undefined where none of them is shown. */
export function rangeEdges(layout: HeatmapLayout, range: { readonly start: number; readonly end: number }): { readonly left: number; readonly right: number } | undefined {
  const { merge, from } = layout.view;
  const place = (second: number) => Math.round(((second * SECOND) / layout.columnMs) * 1e6) / 1e6;
  const first = from + Math.floor((Math.floor(place(range.start)) - from) / merge) * merge;
  const last = from + Math.ceil((Math.ceil(place(range.end)) - from) / merge) * merge;
  const [least, most] = [layout.plotLeft, layout.plotLeft + layout.plotWidth];
  const [left, right] = [xOfColumn(layout, first), xOfColumn(layout, last)];
  return right <= least || left >= most ? undefined : { left: clamp(left, least, most), right: clamp(right, least, most) };
}

/** The highest column of some lanes: their sparklines share a scale. */
export function highestColumn(pieces: readonly Piece[]): number {
  return pieces.reduce((most, { before, columns, rows }) => {
    let highest = most;
    for (let column = 0; column < columns; column += 1) {
      highest = Math.max(highest, before[(column + 1) * rows]! - before[column * rows]!);
    }
    return highest;
  }, 0);
}
