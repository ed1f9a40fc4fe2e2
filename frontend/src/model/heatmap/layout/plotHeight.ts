// The height of the heatmaps, in CSS pixels of each plot. A reader of a deep graph wants them low or hidden, and
// the choice is stored.
import { clamp } from "../../../lib/numbers";

/** As high as a plot is by itself, and as low; between them it goes by the room (model/heatmap/layout/room.ts). */
export const PLOT_HEIGHT = 250;
export const LOW_PLOT_HEIGHT = 100;
export const HIDDEN = 0;
export const HIGHEST = 600;
/** Lower than this, patterns cannot be seen: half of it, and the heatmap is hidden. */
export const LOWEST = 80;
const STEP = 25;

/** Read a stored height. The usual one replaces a missing or malformed one. */
export function readHeight(text: string | null, usual: number): number {
  const kept = text === null || text.trim() === "" ? NaN : Number(text);
  return Number.isFinite(kept) ? allowed(kept) : usual;
}

/** The height after a drag of the edge below the heatmaps, which share its way. A negative drag goes up. */
export function draggedHeight(from: number, down: number, heatmaps: number): number {
  return allowed(from + down / heatmaps);
}

/** The height for a key on the edge; undefined for other keys. */
export function keyedHeight(height: number, key: string, usual: number): number | undefined {
  if (key === "Enter") return height === HIDDEN ? usual : HIDDEN;
  if (key === "Home") return HIDDEN;
  if (key === "End") return HIGHEST;
  if (key === "ArrowDown") return height === HIDDEN ? LOWEST : allowed(height + STEP);
  if (key === "ArrowUp") return height <= LOWEST ? HIDDEN : Math.max(height - STEP, LOWEST);
  return undefined;
}

function allowed(height: number): number {
  return height < LOWEST / 2 ? HIDDEN : clamp(Math.round(height), LOWEST, HIGHEST);
}
