// The requests of the explorer's state. All requests of the explorer are built here, so that the
// early ones (state/opening.ts) and those of the screen are the same and share one answer.
import type { BreakdownRequest } from "../api/breakdown";
import { cutOf } from "../api/cut";
import type { ComparisonRequest, FlameGraphRequest, ProfileRange } from "../api/flamegraph";
import type { HeatmapRequest, LanesRequest } from "../api/heatmap";
import { lengthName, requestedLength, type Grid } from "../lib/columnLength";
import { ALL_EVENTS, type BreakdownBy, type Compare, type ExplorerState, type Merge, type TimeRange } from "../types/explorer";
import { withChosen, type FacetBy } from "../types/facets";

/** A graph of so few nodes is requested for its sample count alone. */
const FEWEST_NODES = 2;

export function toHeatmapRequest(state: ExplorerState): HeatmapRequest {
  const { file: filename, type, rows, columnLength, window } = state;
  return { filename, type, rows, columnLength: requestedLength(columnLength, window), cut: cutOf(state) };
}

/**
 * The heatmap of the other profile of a comparison.
 * @param heatmap the first profile's: both have columns of one length
 */
export function toOtherHeatmapRequest(state: ExplorerState, heatmap: Grid | undefined): HeatmapRequest {
  const { file: filename = "", type = "" } = state.compare ?? {};
  const request = toHeatmapRequest(state);
  return { ...request, filename, type, ...(heatmap && { columnLength: lengthName(heatmap.columnMs) }) };
}

/** The same request with the rows and columns of the shown heatmap, even if the state asks for others by now. */
export function inColumnsOf(request: HeatmapRequest, { rows, columnMs }: Grid): HeatmapRequest {
  return { ...request, rows, columnLength: lengthName(columnMs) };
}

/** One tile of a heatmap: the columns of `range`, `step` joined into each. */
export function toTileRequest(request: HeatmapRequest, range: TimeRange, step: number, join: Merge): HeatmapRequest {
  return { ...request, part: { step, range }, join };
}

/** @param range undefined: the whole profile */
export function toGraphRequest(state: ExplorerState, range: TimeRange | undefined): FlameGraphRequest {
  const { file: filename, type, inverted } = state;
  return { filename, type, cut: cutOf(state), inverted, range };
}

/** The same samples as a heatmap shows in `range`, requested for their count. */
export function toCountRequest({ filename, type, cut }: HeatmapRequest, range: TimeRange | undefined): FlameGraphRequest {
  return { filename, type, cut, inverted: false, nodes: FEWEST_NODES, range };
}

/** @param limit of the values, the busiest first */
export function toBreakdownRequest(state: ExplorerState, by: BreakdownBy, limit: number, range: TimeRange | undefined): BreakdownRequest {
  const { file: filename, type } = state;
  return { filename, type, cut: cutOf(state), by, limit, range };
}

/**
 * The lanes of a property, with its own cut left out: the alternatives stay visible.
 * @param grid of each lane's heatmap
 */
export function toLanesRequest(state: ExplorerState, by: FacetBy, grid: Grid): Omit<LanesRequest, "values"> {
  return { ...withoutCut(inColumnsOf(toHeatmapRequest(state), grid), by), by };
}

/** The same heatmap without the cut of a property. */
export function withoutCut(request: HeatmapRequest, by: FacetBy): HeatmapRequest {
  // Without a choice of events it would be the main one alone.
  return { ...request, cut: { ...request.cut, ...withChosen(request.cut, by, by === "event" ? [ALL_EVENTS] : []) } };
}

/** The cost of every filter: the filter in use is left out. */
export function toFilterCostRequest({ filename, type, range, cut }: FlameGraphRequest): FlameGraphRequest {
  return { filename, type, range, cut: { ...cut, filter: "" }, inverted: false };
}

/**
 * The selection beside the second side. Return undefined where there is nothing to compare: no comparison, or
 * the rest of the whole profile.
 */
export function toComparisonRequest(
  request: FlameGraphRequest,
  compare: Compare | undefined,
  range: TimeRange | undefined,
): ComparisonRequest | undefined {
  if (!compare) return undefined;
  const { kind, flip } = compare;
  if (compare.rest) return request.range && { ...request, kind, other: flip ? "restFirst" : "restSecond" };
  const { filename, type } = request;
  const chosen: ProfileRange = { filename, type, range: request.range };
  const other: ProfileRange = compare.file === "" ? { filename, type, range } : { filename: compare.file, type: compare.type, range };
  const [first, second] = flip ? [other, chosen] : [chosen, other];
  return { ...request, ...first, kind, other: second };
}
