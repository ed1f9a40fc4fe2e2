// The heatmap in flat columns.
import type { HeatmapAnswer } from "../types/wire";
import { address, getJson } from "./client";

export interface HeatmapRequest {
  readonly filename: string;
  readonly type: string;
  readonly rows: number;
}

export function fetchHeatmap({ filename, type, rows }: HeatmapRequest, signal: AbortSignal): Promise<HeatmapAnswer> {
  return getJson(address("heatmap/", { filename, type, rows, format: "columns" }), signal);
}
