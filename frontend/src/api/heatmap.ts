// The heatmap in flat columns.
import type { Cut } from "../types/explorer";
import type { HeatmapAnswer } from "../types/wire";
import { address, getJson } from "./client";
import { cutQuery, samplesOf } from "./cut";

export interface HeatmapRequest {
  readonly filename: string;
  readonly type: string;
  readonly rows: number;
  readonly cut: Cut;
}

export function fetchHeatmap({ filename, type, rows, cut }: HeatmapRequest, signal: AbortSignal): Promise<HeatmapAnswer> {
  const query = { filename, type, rows, ...cutQuery(samplesOf(cut)), format: "columns" };
  return getJson(address("heatmap/", query), signal);
}

/** The same with the samples of each cell that have a frame matching `pattern` (RE2), in filtered stacks. */
export function fetchMatches(request: HeatmapRequest, pattern: string, signal: AbortSignal): Promise<HeatmapAnswer> {
  const { filename, type, rows, cut } = request;
  return getJson(address("heatmap/", { filename, type, rows, ...cutQuery(cut), search: pattern, format: "columns" }), signal);
}
