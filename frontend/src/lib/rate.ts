// The rate of a transfer: computed from the oldest and the newest points of the last seconds.
import type { RatePoint } from "../types/imports";

const KEPT_MS = 5000;
/** A shorter time is too short for a rate. */
const SHORTEST_MS = 400;

export function addRatePoint(ratePoints: readonly RatePoint[], point: RatePoint): readonly RatePoint[] {
  const recent = ratePoints.filter(({ at, bytes }) => point.at - at <= KEPT_MS && bytes <= point.bytes);
  return [...recent, point];
}

/** Bytes a second; undefined while too little is known, and while no bytes arrive. */
export function rateOf(ratePoints: readonly RatePoint[]): number | undefined {
  const [first, last] = [ratePoints[0], ratePoints.at(-1)];
  if (first === undefined || last === undefined || last.at - first.at < SHORTEST_MS) return undefined;
  const rate = (1000 * (last.bytes - first.bytes)) / (last.at - first.at);
  return rate > 0 ? rate : undefined;
}
