// Where things are on the heatmap's canvas. Rows get a whole number of pixels, so that cells stay
// crisp; columns share the width, up to a limit that keeps short profiles from becoming stripes.
import { CLOCK_FROM } from "../../lib/format";
import { clamp } from "../../lib/numbers";
import { px, type CssPixels, type Tick } from "../../types/units";
import type { TimeRange } from "../../types/explorer";
import { tickAt, type Heatmap } from "./heatmap";
import { shownColumns, viewOf, type HeatmapView } from "./heatmapView";
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
}

export const PLOT_LEFT = 34;
/** With room for the names of lanes. */
export const LANES_LEFT = 156;
const MARGIN = { left: PLOT_LEFT, right: 14, top: 6, bottom: 20 };
const CELL_HEIGHT = { min: 2, max: 16 };
const CELL_WIDTH_MAX = 120;
/** Of a time below the plot, with what sets it apart from the next. */
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
  const view = viewOf(heatmap.columns, window, room);
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
  };
}

/** Where a second begins. */
export function xOfSecond({ plotLeft, cellWidth, view }: HeatmapLayout, second: number): CssPixels {
  return px(plotLeft + ((second - view.from) / view.merge) * cellWidth);
}

/** The second under a place, with its fraction. */
export function secondUnder({ plotLeft, cellWidth, view }: HeatmapLayout, x: number): number {
  return view.from + ((x - plotLeft) / cellWidth) * view.merge;
}

/** The tick under a point; beyond the plot, the nearest one; of a merged column, in its first second. */
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

/** Whether cells have room for an outline; what matches in smaller ones is painted in the marks' colour. */
export function hasOutlines({ cellWidth, cellHeight }: HeatmapLayout): boolean {
  return cellWidth >= OUTLINE_FROM.width && cellHeight >= OUTLINE_FROM.height;
}

export interface AxisMark {
  readonly value: number;
  /** From the plot's left (time) or top (milliseconds). */
  readonly offset: CssPixels;
}

/**
 * Seconds to write below the plot: as many as have room, at steps that read well.
 * @param began seconds since 1970 at second 0, where the time of day is written
 */
export function timeMarks(layout: HeatmapLayout, began?: number): AxisMark[] {
  const { from, seconds } = layout.view;
  const room = from + seconds < CLOCK_FROM && began === undefined ? LABEL_WIDTH.seconds : LABEL_WIDTH.clock;
  const step = timeStep((seconds * room) / Math.max(layout.plotWidth, 1));
  const shift = began ?? 0;
  const marks: AxisMark[] = [];
  for (let value = Math.ceil((from + shift) / step) * step - shift; value <= from + seconds; value += step) {
    marks.push({ value, offset: px(xOfSecond(layout, value) - layout.plotLeft) });
  }
  return marks;
}

/** Milliseconds to write at the left: the bottom of each tenth, fifth or half of a second. */
export function offsetMarks(layout: HeatmapLayout): AxisMark[] {
  const step = [100, 200, 250, 500].find((candidate) => (candidate / 1000) * layout.plotHeight >= 22) ?? 500;
  const marks: AxisMark[] = [];
  for (let value = 0; value < 1000; value += step) {
    marks.push({ value, offset: px(layout.plotHeight * (1 - value / 1000)) });
  }
  return marks;
}

function timeStep(least: number): number {
  const steps = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600];
  return steps.find((step) => step >= least) ?? Math.ceil(least / 3600) * 3600;
}
