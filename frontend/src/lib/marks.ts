// The rate of a transfer: computed from the oldest and the newest of the marks of the last seconds.
import type { Mark } from "../types/imports";

const KEPT_MS = 5000;
/** A shorter time is too short for a rate. */
const SHORTEST_MS = 400;

export function addMark(marks: readonly Mark[], mark: Mark): readonly Mark[] {
  const recent = marks.filter(({ at, bytes }) => mark.at - at <= KEPT_MS && bytes <= mark.bytes);
  return [...recent, mark];
}

/** Bytes a second; undefined while too little is known, and while no bytes arrive. */
export function rateOf(marks: readonly Mark[]): number | undefined {
  const [first, last] = [marks[0], marks.at(-1)];
  if (first === undefined || last === undefined || last.at - first.at < SHORTEST_MS) return undefined;
  const rate = (1000 * (last.bytes - first.bytes)) / (last.at - first.at);
  return rate > 0 ? rate : undefined;
}
