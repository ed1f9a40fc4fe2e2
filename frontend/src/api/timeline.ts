// The stack chart of a range: its stacks in time order.
import type { TimelineAnswer } from "../types/wire";
import { address, getJson } from "./client";
import { rangeQuery, type ProfileRange } from "./flamegraph";
import type { Cut } from "../types/explorer";

export interface TimelineRequest extends ProfileRange {
  readonly cut: Cut;
}

export function fetchTimeline(request: TimelineRequest, signal: AbortSignal): Promise<TimelineAnswer> {
  return getJson(address("timeline/", rangeQuery(request)), signal);
}
