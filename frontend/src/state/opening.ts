// What an explorer asks first. A page that was opened with its address asks this while the explorer's own
// scripts are still on their way, not after them.
import type { QueryClient } from "@tanstack/react-query";
import { cutOf } from "../api/cut";
import type { FlameGraphRequest } from "../api/flamegraph";
import type { HeatmapRequest } from "../api/heatmap";
import type { ExplorerState, TimeRange } from "../types/explorer";
import { EXPLORE_PATH, parseExplorer } from "./explorerUrl";
import { graphQuery } from "./flamegraph";
import { heatmapQuery } from "./heatmap";
import { versionQuery } from "./profileInfo";

export function heatmapRequestOf(state: ExplorerState): HeatmapRequest {
  const { file: filename, type, rows } = state;
  return { filename, type, rows, cut: cutOf(state) };
}

/** @param range undefined: the whole profile */
export function graphRequestOf(state: ExplorerState, range: TimeRange | undefined): FlameGraphRequest {
  const { file: filename, type, inverted } = state;
  return { filename, type, cut: cutOf(state), inverted, range };
}

/** Whether the part of an address behind its # leads to an explorer. */
export function opensExplorer(hash: string): boolean {
  return hash.startsWith(`#${EXPLORE_PATH}?`);
}

/** Asks for what an explorer at that address shows; the explorer finds the answers, or waits for them. */
export function askEarly(client: QueryClient, hash: string): void {
  if (!opensExplorer(hash)) return;
  const state = parseExplorer(new URLSearchParams(hash.slice(hash.indexOf("?"))));
  if (state.file === "") return;
  // First: what changes after the picture was asked for has changed.
  void client.prefetchQuery(versionQuery(state.file));
  void client.prefetchQuery(heatmapQuery(heatmapRequestOf(state)));
  void client.prefetchQuery(graphQuery(graphRequestOf(state, state.range)));
}
