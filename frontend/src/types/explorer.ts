// The state of the explorer: all of it is in the address, so that Back, reload and a pasted link
// bring the same screen. What is personal (light or dark) is not here.
import type { Seconds } from "./units";

/** start ≤ t < end, from the heatmap's first column. */
export interface TimeRange {
  readonly start: Seconds;
  readonly end: Seconds;
}

export const PALETTES = ["red", "enhanced", "safe"] as const;
export type Palette = (typeof PALETTES)[number];

export const LAYOUTS = ["flame", "icicle"] as const;
export type Layout = (typeof LAYOUTS)[number];

export const COLOUR_MODES = ["kind", "library", "name", "tier"] as const;
export type ColourMode = (typeof COLOUR_MODES)[number];

export interface ExplorerState {
  readonly file: string;
  readonly type: string;
  /** undefined: the whole profile. */
  readonly range: TimeRange | undefined;
  readonly rows: number;
  /** Name of a frame filter, "none" for none whatever the server's default, "" for the server's default. */
  readonly filter: string;
  readonly search: string;
  /** Path of the zoomed frame, see model/zoomPath; "" when not zoomed. */
  readonly zoom: string;
  readonly layout: Layout;
  readonly palette: Palette;
  readonly colour: ColourMode;
}

export const DEFAULT_ROWS = 50;
export const ROWS_MIN = 10;
export const ROWS_MAX = 100;
