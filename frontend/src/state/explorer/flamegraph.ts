// The flame graph of a request, and of the requests during a drag (state/jobs/followed.ts). At rest it is a query like
// any other.
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import {
  fetchComparison,
  fetchFilterCosts,
  fetchFilters,
  fetchFlameGraph,
  type ComparisonRequest,
  type FlameGraphRequest,
} from "../../api/flamegraph";
import type { FlameGraphAnswer } from "../../types/wire";
import { useFollowed, type Followed, type Following } from "../jobs/followed";
import { toFilterCostRequest } from "../requests";

/** Answers are large: keep them only long enough for Back. */
const KEEP_MS = 10_000;
/**
 * The nodes of a graph during a drag. Half of them are the largest frames, the rest is merged and thinner than a
 * pixel. Sending, building and discarding 200 000 nodes with each move would not be live.
 */
export const LIVE_NODES = 2000;

type Question = FlameGraphRequest | ComparisonRequest;

export interface FollowingGraph extends Following<Question> {
  /** At most so many nodes while it changes; undefined: all. */
  readonly nodes: number | undefined;
}

export interface FollowedGraph extends Followed<FlameGraphAnswer> {
  readonly data: FlameGraphAnswer | undefined;
  /** The graph at rest is still that of another request. */
  readonly isBehind: boolean;
}

/** @param request as it is at rest */
export function useFlameGraph(request: Question, following: FollowingGraph, enabled = true) {
  const query = useQuery({ ...graphQuery(request), placeholderData: keepPreviousData, enabled });
  const { nodes } = following;
  const live = () => {
    const wanted = following.request();
    return wanted && { ...wanted, nodes };
  };
  const followed = useFollowed({ ...following, request: live }, fetchGraph, !enabled || !query.isPlaceholderData);
  return { ...query, ...followed, isBehind: query.isPlaceholderData };
}

export function graphQuery(request: Question) {
  return queryOptions({
    queryKey: ["flamegraph", request],
    queryFn: ({ signal }) => fetchGraph(request, signal),
    gcTime: KEEP_MS,
  });
}

function fetchGraph(question: Question, signal: AbortSignal): Promise<FlameGraphAnswer> {
  return "other" in question ? fetchComparison(question, signal) : fetchFlameGraph(question, signal);
}

export function useFilters() {
  return useQuery({ queryKey: ["filters"], queryFn: ({ signal }) => fetchFilters(signal) });
}

/** The cost of every filter for the selection. The present filter is left out. */
export function useFilterCosts(request: FlameGraphRequest, enabled: boolean) {
  const question = toFilterCostRequest(request);
  return useQuery({
    queryKey: ["filter-costs", question],
    queryFn: ({ signal }) => fetchFilterCosts(question, signal),
    gcTime: KEEP_MS,
    enabled,
  });
}
