// The heatmap of the open profile. It stays on the screen while another number of rows, or another cut, is
// fetched. The matches of a search follow when the typing pauses. Finer tiles of a long profile's visible part
// are fetched beside it.
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, queryOptions, useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { samplesOf } from "../../api/cut";
import { fetchHeatmap, fetchMatches, type HeatmapRequest } from "../../api/heatmap";
import type { HeatmapAnswer } from "../../types/wire";

const PAUSE_MS = 250;
/** A tile that was left is requested again soon, or never. */
const KEEP_MS = 60_000;

/** @param enabled whether there is anything to fetch */
export function useHeatmap(request: HeatmapRequest, enabled = true) {
  return useQuery({ ...heatmapQuery(request), placeholderData: keepPreviousData, enabled });
}

export function heatmapQuery(request: HeatmapRequest) {
  return queryOptions({
    queryKey: heatmapKey(request),
    queryFn: ({ signal }) => fetchHeatmap(request, signal),
  });
}

/** The answers that have arrived. */
export function useTiles(requests: readonly HeatmapRequest[]) {
  return useAnswers(
    useQueries({
      queries: requests.map((request) => ({
        queryKey: heatmapKey(request),
        queryFn: ({ signal }: { signal: AbortSignal }) => fetchHeatmap(request, signal),
        gcTime: KEEP_MS,
      })),
    }),
  );
}

/** @param pattern RE2; undefined: nothing is searched */
export function useMatches(request: HeatmapRequest, pattern: string | undefined, enabled = true) {
  const [rested] = useDebouncedValue(pattern, PAUSE_MS);
  return useQuery({
    queryKey: ["matches", request, rested],
    queryFn: ({ signal }) => fetchMatches(request, rested!, signal),
    enabled: enabled && rested !== undefined && pattern !== undefined,
    retry: false,
  });
}

/** Fetch the matches of a search in tiles, as useTiles fetches their samples. */
export function useTileMatches(requests: readonly HeatmapRequest[], pattern: string | undefined) {
  const [rested] = useDebouncedValue(pattern, PAUSE_MS);
  const asked = rested !== undefined && pattern !== undefined ? requests : [];
  return useAnswers(
    useQueries({
      queries: asked.map((request) => ({
        queryKey: ["matches", request, rested],
        queryFn: ({ signal }: { signal: AbortSignal }) => fetchMatches(request, rested!, signal),
        gcTime: KEEP_MS,
        retry: false,
      })),
    }),
  );
}

export function heatmapKey(request: HeatmapRequest) {
  return ["heatmap", { ...request, cut: samplesOf(request.cut) }];
}

interface Asked {
  readonly data: HeatmapAnswer | undefined;
  readonly error: Error | null;
  readonly refetch: () => unknown;
}

/** The same list as long as it holds the same answers; `combine` would compare them number by number. */
function useAnswers(results: readonly Asked[]) {
  const now = results.flatMap(({ data }) => data ?? []);
  const [answers, setAnswers] = useState(now);
  const same = now.length === answers.length && now.every((answer, at) => answer === answers[at]);
  if (!same) setAnswers(now);
  const failed = results.filter(({ error }) => error);
  const retry = () => failed.forEach(({ refetch }) => void refetch());
  return { answers: same ? answers : now, error: failed[0]?.error ?? null, retry };
}
