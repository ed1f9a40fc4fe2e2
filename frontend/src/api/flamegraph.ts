// The call tree of a range in flat columns, and the frame filters that a request may name.
import { formatDecimal } from "../lib/format";
import type { TimeRange } from "../types/explorer";
import type { FlameGraphAnswer, NamedFilter } from "../types/wire";
import { address, getJson } from "./client";

export interface FlameGraphRequest {
  readonly filename: string;
  readonly type: string;
  readonly range: TimeRange | undefined;
  /** "" for the server's default, "none" for no filter at all. */
  readonly filter: string;
}

export function fetchFlameGraph(request: FlameGraphRequest, signal: AbortSignal): Promise<FlameGraphAnswer> {
  const { filename, type, range, filter } = request;
  const query = {
    filename,
    type,
    start: range && formatDecimal(range.start),
    end: range && formatDecimal(range.end),
    filter: filter === "" ? undefined : filter,
    format: "columns",
  };
  return getJson(address("flamegraph/", query), signal);
}

export function fetchFilters(signal: AbortSignal): Promise<readonly NamedFilter[]> {
  return getJson(address("filter/"), signal);
}
