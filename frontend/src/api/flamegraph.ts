// The call tree of a range in flat columns, the comparison of two, and the frame filters that a
// request may name.
import { formatDecimal } from "../lib/format";
import type { BreakdownBy, Comparison, Cut, TimeRange } from "../types/explorer";
import type { FlameGraphAnswer, NamedFilter } from "../types/wire";
import { address, getJson, type Query } from "./client";
import { cutQuery } from "./cut";

export interface ProfileRange {
  readonly filename: string;
  readonly type: string;
  readonly range: TimeRange | undefined;
}

export interface FlameGraphRequest extends ProfileRange {
  readonly cut: Cut;
  /** Callers below callees. */
  readonly inverted: boolean;
  /** At most so many nodes: the smallest frames are merged by the server. */
  readonly nodes?: number | undefined;
  /** Also the breakdown of the range, with at most `limit` values. */
  readonly breakdown?: { readonly by: BreakdownBy; readonly limit: number } | undefined;
}

/** Instead of another range the rest of the profile, all but the range of the request, and on which side. */
export type Rest = "restFirst" | "restSecond";

export interface ComparisonRequest extends FlameGraphRequest {
  readonly kind: Comparison;
  readonly other: ProfileRange | Rest;
}

/** The page draws from "columns"; the other formats are for other programs. */
export type GraphFormat = "columns" | "nested" | "folded" | "speedscope" | "pprof" | "firefox" | "svg";

export function flameGraphAddress(request: FlameGraphRequest, format: GraphFormat): string {
  return address("flamegraph/", graphQuery(request, format));
}

/** @param base the measure of a picture of a difference */
export function comparisonAddress(request: ComparisonRequest, format: GraphFormat, base?: string): string {
  return address(`${request.kind}/`, { ...graphQuery(request, format), ...otherQuery(request.other), base });
}

export function fetchFlameGraph(request: FlameGraphRequest, signal: AbortSignal): Promise<FlameGraphAnswer> {
  return getJson(flameGraphAddress(request, "columns"), signal);
}

export function fetchComparison(request: ComparisonRequest, signal: AbortSignal): Promise<FlameGraphAnswer> {
  return getJson(comparisonAddress(request, "columns"), signal);
}

export function fetchFilters(signal: AbortSignal): Promise<readonly NamedFilter[]> {
  return getJson(address("filter/"), signal);
}

/** Fetch the named filters with the cost of each for a range of a profile. */
export function fetchFilterCosts(request: FlameGraphRequest, signal: AbortSignal): Promise<readonly NamedFilter[]> {
  return getJson(address("filter/", rangeQuery(request)), signal);
}

function graphQuery(request: FlameGraphRequest, format: GraphFormat): Query {
  const { inverted, nodes, breakdown } = request;
  return { ...rangeQuery(request), inverted: inverted ? "true" : undefined, nodes, ...breakdown, format };
}

function otherQuery(other: ProfileRange | Rest): Query {
  if (typeof other === "string") return { rest: other === "restFirst" ? "first" : "second" };
  const { filename, type, range } = other;
  return {
    compareFilename: filename,
    compareType: type || undefined,
    compareStart: range && formatDecimal(range.start),
    compareEnd: range && formatDecimal(range.end),
  };
}

export function rangeQuery({ filename, type, range, cut }: Pick<FlameGraphRequest, "filename" | "type" | "range" | "cut">): Query {
  return {
    filename,
    type: type || undefined,
    start: range && formatDecimal(range.start),
    end: range && formatDecimal(range.end),
    ...cutQuery(cut),
  };
}
