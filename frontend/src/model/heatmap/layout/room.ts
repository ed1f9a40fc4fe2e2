// How the upper half of the window is shared by heatmaps and lanes: the flame graph keeps the lower half.
import { clamp } from "../../../lib/numbers";
import { LANE } from "../../lanes/laneLayout";
import { LOW_PLOT_HEIGHT, LOWEST, PLOT_HEIGHT } from "./plotHeight";

/** Header, filters, and the bar above the graph. */
const CHROME = 128;
/** Around each plot: busy CPUs, axis, the row below. */
export const AROUND = 90;
/** The edge below the lanes. */
const EDGE = 9;
/** The part of the room that lanes take, and how many there are at least and at most. */
const LANES_SHARE = 0.45;
const LANES = { fewest: 3, most: 8 };

interface Shared {
  /** Height of the window in CSS pixels. */
  readonly window: number;
  readonly heatmaps: number;
  /** Cells of a column. */
  readonly rows: number;
  /** Open lanes; 0 for none. */
  readonly lanes: number;
}

/** The usual heights, in CSS pixels, of each plot and of all lanes in sight. */
export function usualHeights({ window, heatmaps, rows, lanes }: Shared): { readonly plot: number; readonly lanes: number } {
  const room = window / 2 - CHROME - heatmaps * AROUND - (lanes > 0 ? EDGE : 0);
  const wanted = lanes === 0 ? 0 : Math.round((room * LANES_SHARE) / LANE.height);
  const shown = Math.min(lanes === 0 ? 0 : clamp(wanted, LANES.fewest, LANES.most), lanes);
  const each = (room - shown * LANE.height) / heatmaps;
  const plot = clamp(wholeCells(each, rows), heatmaps > 1 ? LOWEST : LOW_PLOT_HEIGHT, PLOT_HEIGHT);
  return { plot, lanes: shown * LANE.height };
}

/** Rows are whole pixels high: rounded up, the plot would take more than its room. */
function wholeCells(height: number, rows: number): number {
  return Math.max(Math.floor(height / rows), 1) * rows;
}
