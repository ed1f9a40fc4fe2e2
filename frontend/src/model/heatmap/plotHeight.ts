// How high the heatmaps are, in CSS pixels of the plot of each: somebody who reads a deep graph wants them
// low or gone, and what they chose is kept.
import { clamp } from "../../lib/numbers";

/** Of one heatmap alone, and of each of two. */
export const PLOT_HEIGHT = 250;
export const LOW_PLOT_HEIGHT = 100;
export const HIDDEN = 0;
export const HIGHEST = 600;
/** Lower than this, patterns cannot be seen: half of it, and the heatmap is hidden. */
const LOWEST = 80;
const STEP = 25;
const LOW_BELOW = 220;

export const usualHeight = (heatmaps: number): number => (heatmaps > 1 ? LOW_PLOT_HEIGHT : PLOT_HEIGHT);

/** Whether a plot is lower than what stands beside it: that is then put together closely. */
export const isLow = (height: number): boolean => height < LOW_BELOW;

/** What a browser kept; the usual height for nothing, and for what is none. */
export function readHeight(text: string | null, heatmaps: number): number {
  const kept = text === null || text.trim() === "" ? NaN : Number(text);
  return Number.isFinite(kept) ? allowed(kept) : usualHeight(heatmaps);
}

/** The height after the edge below so many heatmaps, which share the way, was dragged down (up where negative). */
export function draggedHeight(from: number, down: number, heatmaps: number): number {
  return allowed(from + down / heatmaps);
}

/** The height that a key on the edge asks for; undefined: it asks for none. */
export function keyedHeight(height: number, key: string, heatmaps: number): number | undefined {
  if (key === "Enter") return height === HIDDEN ? usualHeight(heatmaps) : HIDDEN;
  if (key === "Home") return HIDDEN;
  if (key === "End") return HIGHEST;
  if (key === "ArrowDown") return height === HIDDEN ? LOWEST : allowed(height + STEP);
  if (key === "ArrowUp") return height <= LOWEST ? HIDDEN : Math.max(height - STEP, LOWEST);
  return undefined;
}

function allowed(height: number): number {
  return height < LOWEST / 2 ? HIDDEN : clamp(Math.round(height), LOWEST, HIGHEST);
}
