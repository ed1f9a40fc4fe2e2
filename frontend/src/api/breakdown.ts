// The samples of a range by the values of one property.
import type { BreakdownBy, Cut, TimeRange } from "../types/explorer";
import type { BreakdownAnswer } from "../types/wire";
import { address, getJson } from "./client";
import { rangeQuery, type ProfileRange } from "./flamegraph";

/** All values that the server lists. */
export const MOST_VALUES = 10_000;

export interface BreakdownRequest extends ProfileRange {
  readonly cut: Cut;
  readonly by: BreakdownBy;
  /** At most so many values, the busiest first. */
  readonly limit: number;
}

/** An answer, and the range that it is about. */
export interface RangedBreakdown extends BreakdownAnswer {
  readonly range: TimeRange | undefined;
}

/** With a range, every row has its change from the rest of the profile. */
export async function fetchBreakdown(request: BreakdownRequest, signal: AbortSignal): Promise<RangedBreakdown> {
  const { by, limit, range } = request;
  const answer = await getJson<BreakdownAnswer>(address("breakdown/", { ...rangeQuery(request), by, limit, rest: range && "second" }), signal);
  return { ...answer, range };
}
