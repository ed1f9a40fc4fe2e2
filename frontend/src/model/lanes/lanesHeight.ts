// The height of the lanes in CSS pixels: whole lanes, and a choice that the browser stores.
import { clamp } from "../../lib/numbers";
import { LANE } from "./laneLayout";

const FEWEST = 2;
export const LANES_MOST = 24 * LANE.height;

/** Read a stored height. `usual` replaces a missing or malformed one. */
export function readLanesHeight(text: string | null, usual: number): number {
  const kept = text === null || text.trim() === "" ? NaN : Number(text);
  return Number.isFinite(kept) ? allowed(kept) : usual;
}

export function draggedLanes(from: number, down: number): number {
  return allowed(from + down);
}

/** The height for a key on the edge; undefined for other keys. */
export function keyedLanes(height: number, key: string): number | undefined {
  if (key === "Home") return allowed(0);
  if (key === "End") return LANES_MOST;
  if (key === "ArrowDown") return allowed(height + LANE.height);
  if (key === "ArrowUp") return allowed(height - LANE.height);
  return undefined;
}

function allowed(height: number): number {
  return clamp(Math.round(height / LANE.height), FEWEST, LANES_MOST / LANE.height) * LANE.height;
}
