// Where things are on the heatmap's canvas. Rows get a whole number of pixels, so that cells stay
// crisp; columns share the width, up to a limit that keeps short profiles from becoming stripes.
import { clamp } from "../lib/numbers";
import { px, type CssPixels, type Tick } from "../types/units";
import { tickAt, type Heatmap } from "./heatmap";

export interface HeatmapLayout {
  readonly width: CssPixels;
  readonly height: CssPixels;
  readonly plotLeft: CssPixels;
  readonly plotTop: CssPixels;
  readonly plotWidth: CssPixels;
  readonly plotHeight: CssPixels;
  readonly cellWidth: CssPixels;
  readonly cellHeight: CssPixels;
}

const MARGIN = { left: 34, right: 14, top: 6, bottom: 20 };
const PLOT_HEIGHT = 250;
const CELL_HEIGHT = { min: 3, max: 16 };
const CELL_WIDTH_MAX = 120;

export function layoutHeatmap(heatmap: Heatmap, available: CssPixels): HeatmapLayout {
  const cellHeight = clamp(Math.round(PLOT_HEIGHT / heatmap.rows), CELL_HEIGHT.min, CELL_HEIGHT.max);
  const room = Math.max(available - MARGIN.left - MARGIN.right, 1);
  const cellWidth = Math.min(room / Math.max(heatmap.columns, 1), CELL_WIDTH_MAX);
  // Whole pixels where there are enough of them: a fraction would smear the edges of columns.
  const crispWidth = cellWidth >= 6 ? Math.floor(cellWidth * 2) / 2 : cellWidth;
  const plotHeight = cellHeight * heatmap.rows;
  return {
    width: px(Math.max(available, 1)),
    height: px(MARGIN.top + plotHeight + MARGIN.bottom),
    plotLeft: px(MARGIN.left),
    plotTop: px(MARGIN.top),
    plotWidth: px(crispWidth * heatmap.columns),
    plotHeight: px(plotHeight),
    cellWidth: px(crispWidth),
    cellHeight: px(cellHeight),
  };
}

/** The tick under a point; beyond the plot, the nearest one. */
export function tickUnder(heatmap: Heatmap, layout: HeatmapLayout, x: number, y: number): Tick {
  return tickAt(heatmap, {
    column: Math.floor((x - layout.plotLeft) / layout.cellWidth),
    row: Math.floor((layout.plotTop + layout.plotHeight - y) / layout.cellHeight),
  });
}

export function isInPlot(layout: HeatmapLayout, x: number, y: number): boolean {
  const [dx, dy] = [x - layout.plotLeft, y - layout.plotTop];
  return dx >= 0 && dy >= 0 && dx < layout.plotWidth && dy < layout.plotHeight;
}

export interface AxisMark {
  readonly value: number;
  /** From the plot's left (time) or top (milliseconds). */
  readonly offset: CssPixels;
}

/** Whole seconds to write below the plot: as many as have room, at steps that read well. */
export function timeMarks(columns: number, layout: HeatmapLayout): AxisMark[] {
  const step = timeStep((columns * 48) / Math.max(layout.plotWidth, 1));
  const marks: AxisMark[] = [];
  for (let value = 0; value <= columns; value += step) {
    marks.push({ value, offset: px(value * layout.cellWidth) });
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
