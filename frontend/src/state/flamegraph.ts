// The flame graph that follows the selection. While somebody drags, one request is under way at a
// time and the newest range is asked next; when the pointer rests, a stale request is aborted for it.
// Aborting at every move instead would leave a slow server answering nobody, and the screen frozen.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import {
  fetchComparison,
  fetchFilterCosts,
  fetchFilters,
  fetchFlameGraph,
  type ComparisonRequest,
  type FlameGraphRequest,
  type ProfileRange,
} from "../api/flamegraph";
import type { TimeRange } from "../types/explorer";

/** A resting pointer waits no longer than this for an answer that nobody wants any more. */
const PATIENCE_MS = 150;
/** Answers are large, a drag asks for dozens: keep them only long enough for Back. */
const KEEP_MS = 10_000;
/**
 * While somebody drags, so many nodes do: half of them are the largest frames as they are, and what is left
 * out is thinner than a pixel. Sending, building and throwing away 200 000 nodes for each move would not be live.
 */
const LIVE_NODES = 4000;

/** What changes under the pointer. */
interface Wanted {
  readonly range: TimeRange | undefined;
  /** Of the other side of a comparison. */
  readonly other: TimeRange | undefined;
  readonly nodes: number | undefined;
}

export interface Following {
  /** Whether a range of the request still changes under the pointer. */
  readonly live: boolean;
  /** Whether every node is looked at even then, and not only what has width. */
  readonly whole?: boolean;
  readonly enabled?: boolean;
}

export function useFlameGraph(request: FlameGraphRequest | ComparisonRequest, following: Following) {
  const { live, whole = true, enabled = true } = following;
  const wanted: Wanted = {
    range: request.range,
    other: otherRange(request)?.range,
    nodes: live && !whole ? LIVE_NODES : undefined,
  };
  const [asked, setAsked] = useState(wanted);
  const question = asking(request, asked);
  const query = useQuery({
    queryKey: ["flamegraph", question],
    queryFn: ({ signal }) =>
      "other" in question ? fetchComparison(question, signal) : fetchFlameGraph(question, signal),
    placeholderData: keepPreviousData,
    gcTime: KEEP_MS,
    enabled,
  });
  const stale = asked.nodes !== wanted.nodes || !same(asked.range, wanted.range) || !same(asked.other, wanted.other);
  if (stale && !(live && query.isFetching)) setAsked(wanted);
  const key = JSON.stringify(wanted);
  useEffect(() => {
    if (!stale) return;
    const timer = setTimeout(() => setAsked(JSON.parse(key) as Wanted), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [stale, key]);
  return { ...query, isBehind: stale || query.isPlaceholderData };
}

export function useFilters() {
  return useQuery({ queryKey: ["filters"], queryFn: ({ signal }) => fetchFilters(signal) });
}

/** What each filter would do to what is selected; the present one does not count. */
export function useFilterCosts(request: FlameGraphRequest, enabled: boolean) {
  const { filename, type, range, cut } = request;
  const question = { filename, type, range, cut: { ...cut, filter: "" }, inverted: false };
  return useQuery({
    queryKey: ["filter-costs", question],
    queryFn: ({ signal }) => fetchFilterCosts(question, signal),
    gcTime: KEEP_MS,
    enabled,
  });
}

function asking<Request extends FlameGraphRequest | ComparisonRequest>(request: Request, wanted: Wanted): Request {
  const question = { ...request, range: wanted.range, nodes: wanted.nodes };
  const other = otherRange(question);
  return other ? { ...question, other: { ...other, range: wanted.other } } : question;
}

/** undefined where nothing is compared, and where the other side is the rest: that follows from the first. */
function otherRange(request: FlameGraphRequest | ComparisonRequest): ProfileRange | undefined {
  return "other" in request && typeof request.other !== "string" ? request.other : undefined;
}

function same(one: TimeRange | undefined, other: TimeRange | undefined): boolean {
  return one?.start === other?.start && one?.end === other?.end;
}
