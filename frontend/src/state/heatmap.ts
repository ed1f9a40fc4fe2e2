// The heatmap of the open profile. It stays on the screen while another number of rows, or another
// cut, is fetched. What a search marks comes after it, when the typing rests.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { samplesOf } from "../api/cut";
import { fetchHeatmap, fetchMatches, type HeatmapRequest } from "../api/heatmap";

const PAUSE_MS = 250;

/** @param enabled whether there is anything to fetch */
export function useHeatmap(request: HeatmapRequest, enabled = true) {
  return useQuery({
    queryKey: ["heatmap", { ...request, cut: samplesOf(request.cut) }],
    queryFn: ({ signal }) => fetchHeatmap(request, signal),
    placeholderData: keepPreviousData,
    enabled,
  });
}

/** @param pattern RE2; undefined: nothing is searched */
export function useMatches(request: HeatmapRequest, pattern: string | undefined) {
  const rested = useRested(pattern);
  return useQuery({
    queryKey: ["matches", request, rested],
    queryFn: ({ signal }) => fetchMatches(request, rested!, signal),
    enabled: rested !== undefined && pattern !== undefined,
    retry: false,
  });
}

/** The value once it has not changed for a moment. */
function useRested<Value>(value: Value): Value {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}
