// The two ends of a selection as places on the heatmap, to be dragged: where its first cell begins
// and where its last one ends.
import { tickCount, type Heatmap } from "../heatmap";
import { xOfColumn, type HeatmapLayout } from "../layout/heatmapLayout";
import { tick, type Tick, type TickRange } from "../../../types/units";

export interface Handle {
  readonly x: number;
  readonly y: number;
}

const REACH = { x: 6, y: 10 };

/** At the left edge of the first cell, and at the right edge of the last. */
export function handlesOf({ first, end }: TickRange, { rows }: Heatmap, layout: HeatmapLayout): readonly [Handle, Handle] {
  const last = Math.max(end - 1, first);
  return [
    { x: xOfColumn(layout, Math.floor(first / rows)), y: yOf(first, rows, layout) },
    { x: xOfColumn(layout, Math.floor(last / rows) + 1), y: yOf(last, rows, layout) },
  ];
}

/** The tick that stays when the handle under a point is dragged; undefined where there is none. */
export function grabbed(
  range: TickRange | undefined,
  heatmap: Heatmap,
  layout: HeatmapLayout,
  x: number,
  y: number,
): Tick | undefined {
  if (!range || range.end > tickCount(heatmap)) return undefined;
  const [start, end] = handlesOf(range, heatmap, layout);
  if (isNear(end, x, y)) return tick(Math.floor(range.first));
  if (isNear(start, x, y)) return tick(Math.ceil(range.end) - 1);
  return undefined;
}

function yOf(at: number, rows: number, { plotTop, plotHeight, cellHeight }: HeatmapLayout): number {
  return plotTop + plotHeight - (Math.floor(at % rows) + 0.5) * cellHeight;
}

function isNear(handle: Handle, x: number, y: number): boolean {
  return Math.abs(handle.x - x) <= REACH.x && Math.abs(handle.y - y) <= REACH.y;
}
