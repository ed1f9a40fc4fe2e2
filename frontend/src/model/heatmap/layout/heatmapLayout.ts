// Where things are on the heatmap's canvas. Rows get a whole number of pixels, so that cells stay
// crisp; columns share the width, up to a limit that keeps short profiles from becoming stripes.
import { CLOCK_FROM } from "../../../lib/format";
import { clamp } from "../../../lib/numbers";
import { px, type CssPixels, type Tick } from "../../../types/units";
import type { TimeRange } from "../../../types/explorer";
import { SECOND } from "../../../lib/columnLength";
import { tickAt, type Heatmap } from "../heatmap";
import { shownColumns, viewOf, type HeatmapView } from "../heatmapView";
import { PLOT_HEIGHT } from "./plotHeight";

export interface HeatmapLayout {
  readonly width: CssPixels;
  readonly height: CssPixels;
  readonly plotLeft: CssPixels;
  readonly plotTop: CssPixels;
  readonly plotWidth: CssPixels;
  readonly plotHeight: CssPixels;
  readonly cellWidth: CssPixels;
  readonly cellHeight: CssPixels;
  readonly view: HeatmapView;
  /** Milliseconds of a column that is not merged. */
  readonly columnMs: number;
}

export const PLOT_LEFT = 34;
/** With room for the names of lanes. */
export const LANES_LEFT = 156;
const MARGIN = { left: PLOT_LEFT, right: 14, top: 6, bottom: 20 };
/** So high that ten rows, which short columns have, fill the plot. */
const CELL_HEIGHT = { min: 2, max: 25 };
const CELL_WIDTH_MAX = 120;
/** Of a time below the plot, with the space to the next. */
const LABEL_WIDTH = { seconds: 48, clock: 62 };
const OUTLINE_FROM = { width: 5, height: 4 };
/** The width that is taken until the page has been laid out. */
const UNMEASURED = 1000;

/** @param left of the plot, for what is written beside it */
export function layoutHeatmap(
  heatmap: Heatmap,
  available: CssPixels,
  window?: TimeRange,
  plot = PLOT_HEIGHT,
  left: number = MARGIN.left,
): HeatmapLayout {
  const cellHeight = clamp(Math.round(plot / heatmap.rows), CELL_HEIGHT.min, CELL_HEIGHT.max);
  const room = Math.max((available > 0 ? available : UNMEASURED) - left - MARGIN.right, 1);
  const view = viewOf(heatmap.columns, heatmap.columnMs, window, room);
  const columns = shownColumns(view);
  const cellWidth = Math.min(room / Math.max(columns, 1), CELL_WIDTH_MAX);
  // Whole pixels where there are enough of them: a fraction would smear the edges of columns.
  const crispWidth = cellWidth >= 6 ? Math.floor(cellWidth * 2) / 2 : cellWidth;
  const plotHeight = cellHeight * heatmap.rows;
  return {
    width: px(Math.max(available, 1)),
    height: px(MARGIN.top + plotHeight + MARGIN.bottom),
    plotLeft: px(left),
    plotTop: px(MARGIN.top),
    plotWidth: px(crispWidth * columns),
    plotHeight: px(plotHeight),
    cellWidth: px(crispWidth),
    cellHeight: px(cellHeight),
    view,
    columnMs: heatmap.columnMs,
  };
}

/** Where a column begins. */
export function xOfColumn({ plotLeft, cellWidth, view }: HeatmapLayout, column: number): CssPixels {
  return px(plotLeft + ((column - view.from) / view.merge) * cellWidth);
}

/** Where a time is. */
export function xOfSecond(layout: HeatmapLayout, second: number): CssPixels {
  return xOfColumn(layout, (second * SECOND) / layout.columnMs);
}

/** The column under a place, with its fraction. */
export function columnUnder({ plotLeft, cellWidth, view }: HeatmapLayout, x: number): number {
  return view.from + ((x - plotLeft) / cellWidth) * view.merge;
}

/** The second under a place, with its fraction. */
export function secondUnder(layout: HeatmapLayout, x: number): number {
  return (columnUnder(layout, x) * layout.columnMs) / SECOND;
}

/** The seconds at which a view begins and ends. */
export function shownSeconds({ view, columnMs }: HeatmapLayout): { readonly from: number; readonly to: number } {
  return { from: (view.from * columnMs) / SECOND, to: ((view.from + view.shown) * columnMs) / SECOND };
}

/** The tick under a point; beyond the plot, the nearest one; of a merged column, in its first one. */
export function tickUnder(heatmap: Heatmap, layout: HeatmapLayout, x: number, y: number): Tick {
  const column = Math.floor((x - layout.plotLeft) / layout.cellWidth);
  return tickAt(heatmap, {
    column: layout.view.from + layout.view.merge * clamp(column, 0, shownColumns(layout.view) - 1),
    row: Math.floor((layout.plotTop + layout.plotHeight - y) / layout.cellHeight),
  });
}

export function isInPlot(layout: HeatmapLayout, x: number, y: number): boolean {
  const [dx, dy] = [x - layout.plotLeft, y - layout.plotTop];
  return dx >= 0 && dy >= 0 && dx < layout.plotWidth && dy < layout.plotHeight;
}

/** Whether cells have room for an outline; smaller cells with matches are filled with the matches' colour. */
export function hasOutlines({ cellWidth, cellHeight }: HeatmapLayout): boolean {
  return cellWidth >= OUTLINE_FROM.width && cellHeight >= OUTLINE_FROM.height;
}

export interface AxisLabel {
  readonly value: number;
  /** From the plot's left (time) or top (milliseconds). */
  readonly offset: CssPixels;
}

/**
 * Times to write below the plot: as many as have room, at steps that read well.
 * @param began seconds since 1970 at second 0, where the time of day is written
 */
export function timeLabels(layout: HeatmapLayout, began?: number): AxisLabel[] {
  const { from, to } = shownSeconds(layout);
  // A clock has no fractions.
  const isClock = to >= CLOCK_FROM || began !== undefined;
  const room = isClock ? LABEL_WIDTH.clock : LABEL_WIDTH.seconds;
  const least = isClock || layout.columnMs >= SECOND ? 1 : 0;
  const step = timeStep(Math.max(((to - from) * room) / Math.max(layout.plotWidth, 1), least));
  const shift = began ?? 0;
  const first = Math.ceil((from + shift) / step - 1e-9) || 0;
  const labels: AxisLabel[] = [];
  for (let at = first; at * step - shift <= to + 1e-9; at += 1) {
    const value = Math.round((at * step - shift) * 1e6) / 1e6;
    labels.push({ value, offset: px(xOfSecond(layout, value) - layout.plotLeft) });
  }
  return labels;
}

/** Milliseconds to write at the left: the bottom of each tenth, fifth or half of a column. */
export function offsetLabels({ plotHeight, columnMs }: HeatmapLayout): AxisLabel[] {
  const parts = columnMs === 6 * 10 * SECOND ? [6, 3, 2] : [10, 5, 4, 2];
  const steps = parts.map((part) => columnMs / part).filter((one) => Number.isInteger(one));
  const step = steps.find((one) => (one / columnMs) * plotHeight >= 22) ?? columnMs / 2;
  const labels: AxisLabel[] = [];
  for (let value = 0; value < columnMs; value += step) {
    labels.push({ value, offset: px(plotHeight * (1 - value / columnMs)) });
  }
  return labels;
}

function timeStep(least: number): number {
  const steps = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600];
  return steps.find((step) => step >= least) ?? Math.ceil(least / 3600) * 3600;
}
