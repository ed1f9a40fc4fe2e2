// The heatmap in flat columns: a whole profile in a bounded number of columns, or a part of it in columns of a
// given length.
import { AUTO_ROWS } from "../types/explorer";
import type { BreakdownBy, ColumnLength, Cut, Merge, TimeRange } from "../types/explorer";
import type { HeatmapAnswer } from "../types/wire";
import { address, ApiError, getJson, type Query } from "./client";
import { cutQuery, samplesOf } from "./cut";
import { UNPROCESSABLE } from "../lib/status";

export interface HeatmapRequest {
  readonly filename: string;
  readonly type: string;
  /** AUTO_ROWS: the server chooses. */
  readonly rows: number;
  readonly columnLength: ColumnLength;
  readonly cut: Cut;
  /** Columns of `step` joined ones; undefined: the whole profile. */
  readonly part?: { readonly step: number; readonly range: TimeRange };
  readonly join?: Merge;
}

export interface LanesRequest extends HeatmapRequest {
  readonly by: BreakdownBy;
  readonly values: readonly string[];
}

/** Columns of a whole profile at most; two days of minutes are sent in columns of five, 50 kB on the wire. */
const WHOLE_COLUMNS = 2000;

/** Throws ApiError for samples without times too, which the server answers with an empty heatmap: browsers log a 422 as an error. */
export function fetchHeatmap(request: HeatmapRequest, signal: AbortSignal): Promise<HeatmapAnswer> {
  return fetchTimed({ ...query(request), ...cutQuery(samplesOf(request.cut)) }, signal);
}

async function fetchTimed(asked: Query, signal: AbortSignal): Promise<HeatmapAnswer> {
  const answer = await getJson<HeatmapAnswer>(address("heatmap/", { ...asked, untimed: "true" }), signal);
  if (answer.rows.length === 0) throw new ApiError(answer.missing?.[0] ?? "", UNPROCESSABLE);
  return answer;
}

/** The columns from second `start` on, none joined. */
export function fetchNewColumns(request: HeatmapRequest, start: number, signal: AbortSignal): Promise<HeatmapAnswer> {
  const asked = { ...query(request), columns: undefined };
  return getJson(address("heatmap/", { ...asked, step: 1, start, ...cutQuery(samplesOf(request.cut)) }), signal);
}

/** The same with the samples of each cell that have a frame matching `pattern` (RE2), in filtered stacks. */
export function fetchMatches(request: HeatmapRequest, pattern: string, signal: AbortSignal): Promise<HeatmapAnswer> {
  return fetchTimed({ ...query(request), ...cutQuery(request.cut), search: pattern }, signal);
}

/** The heatmap of each of `values`, and of all others together. Lanes of values without samples are left out. */
export function fetchLanes(request: LanesRequest, signal: AbortSignal): Promise<HeatmapAnswer> {
  const { by, values } = request;
  const lanes = { by, values, lanes: values.length };
  return getJson(address("heatmap/", { ...query(request), ...lanes, ...cutQuery(samplesOf(request.cut)) }), signal);
}

function query({ filename, type, rows, columnLength, part, join }: HeatmapRequest) {
  const columns: { step?: number; start?: number; end?: number; columns?: number } = part
    ? { step: part.step, start: part.range.start, end: part.range.end }
    : { columns: WHOLE_COLUMNS };
  return { filename, type: type || undefined, ...(rows === AUTO_ROWS ? { autoRows: "true" } : { rows }), ...columns, columnLength, join: join === "max" ? join : undefined, busy: "true", format: "columns" };
}
