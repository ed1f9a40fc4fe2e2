// Requests an explorer's first answers while its scripts are still loading, not after them.
import type { QueryClient } from "@tanstack/react-query";
import { EXPLORE_PATH, parseExplorer } from "./explorer/explorerUrl";
import { graphQuery } from "./explorer/flamegraph";
import { heatmapQuery } from "./explorer/heatmap";
import { infoQuery, versionQuery } from "./explorer/profileInfo";
import { toGraphRequest, toHeatmapRequest } from "./requests";

/** Check whether the part of an address behind its # leads to an explorer. */
export function opensExplorer(hash: string): boolean {
  return hash.startsWith(`#${EXPLORE_PATH}?`);
}

/** Request the first answers of an explorer at that address. It finds them in the cache, or waits for them. */
export function askEarly(client: QueryClient, hash: string): void {
  if (!opensExplorer(hash)) return;
  const state = parseExplorer(new URLSearchParams(hash.slice(hash.indexOf("?"))));
  if (state.file === "") return;
  // First, because a file that changes after the picture was requested must be noticed.
  void client.prefetchQuery(versionQuery(state.file));
  void client.prefetchQuery(heatmapQuery(toHeatmapRequest(state)));
  void client.prefetchQuery(graphQuery(toGraphRequest(state, state.range)));
  // Lanes depend on it, and with them the place of the pictures.
  void client.prefetchQuery(infoQuery(state.file, state.type));
}
