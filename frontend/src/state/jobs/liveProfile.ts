// A profile that is still recorded: its version is asked for every second. A new one brings new columns, and now and
// then a new graph of the whole. A selected range of the past stays as it is.
import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { firstNewSecond, withNewColumns } from "../../api/growing";
import { fetchNewColumns, type HeatmapRequest } from "../../api/heatmap";
import type { HeatmapAnswer } from "../../types/wire";
import { heatmapKey } from "../explorer/heatmap";
import { versionQuery } from "../explorer/profileInfo";

const LIVE_MS = 1000;
/** The graph of the whole, the facts and the lanes follow more slowly: each costs more than columns. */
const SLOW_MS = 3000;
const SLOW = ["flamegraph", "breakdown", "info", "matches"];
/** Queries that a new version does not make stale. */
const LASTING = ["profiles", "jobs", "import-offer", "formats", "filters", "version"];

/** @param ranged whether a range is selected, whose graph stays */
export function useLiveProfile(request: HeatmapRequest, live: boolean, ranged: boolean): void {
  const client = useQueryClient();
  const { data: version } = useQuery({
    ...versionQuery(request.filename),
    enabled: live,
    staleTime: 0,
    refetchInterval: live ? LIVE_MS : false,
  });
  const latest = useRef({ request, ranged });
  const slowAt = useRef(0);
  useEffect(() => {
    latest.current = { request, ranged };
  });
  useEffect(() => {
    if (!live || version === undefined) return;
    const { request, ranged } = latest.current;
    const leaving = new AbortController();
    void grow(client, request, leaving.signal);
    if (!ranged && Date.now() - slowAt.current >= SLOW_MS) {
      slowAt.current = Date.now();
      void client.invalidateQueries({ predicate: ({ queryKey }) => SLOW.includes(String(queryKey[0])) });
    }
    return () => leaving.abort();
  }, [client, live, version]);
  // The whole text replaces what was shown, with the names of functions that were compiled meanwhile.
  const was = useRef(false);
  useEffect(() => {
    if (was.current && !live) {
      void client.invalidateQueries({ predicate: ({ queryKey }) => !LASTING.includes(String(queryKey[0])) });
      void client.invalidateQueries({ queryKey: ["version", request.filename] });
    }
    was.current = live;
  }, [client, live, request.filename]);
}

/** Add the columns that are new to the heatmap in the cache, or fetch all where they do not fit. */
async function grow(client: QueryClient, request: HeatmapRequest, signal: AbortSignal): Promise<void> {
  const queryKey = heatmapKey(request);
  const known = client.getQueryData<HeatmapAnswer>(queryKey);
  const first = known && firstNewSecond(known);
  const fresh = first === undefined ? undefined : await fetchNewColumns(request, first, signal).catch(() => undefined);
  const whole = known && fresh && withNewColumns(known, fresh);
  if (whole) client.setQueryData(queryKey, whole);
  else await client.invalidateQueries({ queryKey });
}
