// The flame graph that follows the selection. While somebody drags, one request is under way at a
// time and the newest range is asked next; when the pointer rests, a stale request is aborted for it.
// Aborting at every move instead would leave a slow server answering nobody, and the screen frozen.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { fetchFilters, fetchFlameGraph, type FlameGraphRequest } from "../api/flamegraph";
import type { TimeRange } from "../types/explorer";

/** A resting pointer waits no longer than this for an answer that nobody wants any more. */
const PATIENCE_MS = 150;
/** Answers are large, a drag asks for dozens: keep them only long enough for Back. */
const KEEP_MS = 10_000;

/** @param live whether request.range still changes under the pointer */
export function useFlameGraph(request: FlameGraphRequest, live: boolean) {
  const [asked, setAsked] = useState(request.range);
  const query = useQuery({
    queryKey: ["flamegraph", request.filename, request.type, request.filter, asked?.start, asked?.end],
    queryFn: ({ signal }) => fetchFlameGraph({ ...request, range: asked }, signal),
    placeholderData: keepPreviousData,
    gcTime: KEEP_MS,
  });
  const stale = !same(asked, request.range);
  if (stale && !(live && query.isFetching)) setAsked(request.range);
  const { start, end } = request.range ?? {};
  useEffect(() => {
    if (!stale) return;
    const range = start === undefined || end === undefined ? undefined : { start, end };
    const timer = setTimeout(() => setAsked(range), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [stale, start, end]);
  return { ...query, isBehind: stale || query.isPlaceholderData };
}

export function useFilters() {
  return useQuery({ queryKey: ["filters"], queryFn: ({ signal }) => fetchFilters(signal) });
}

function same(one: TimeRange | undefined, other: TimeRange | undefined): boolean {
  return one?.start === other?.start && one?.end === other?.end;
}
