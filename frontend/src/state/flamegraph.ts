// The flame graph of a request, and of the requests during a drag. At rest it is a query like any other. The
// requests of a drag bypass the queries (state/follower.ts), and only readers of `liveAnswer` render with their
// answers. After the drag its last answer stays until the whole graph has arrived.
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import {
  fetchComparison,
  fetchFilterCosts,
  fetchFilters,
  fetchFlameGraph,
  type ComparisonRequest,
  type FlameGraphRequest,
} from "../api/flamegraph";
import type { FlameGraphAnswer } from "../types/wire";
import { Follower } from "./follower";
import { toFilterCostRequest } from "./requests";
import { Signal } from "./signal";

/** Answers are large: keep them only long enough for Back. */
const KEEP_MS = 10_000;
/**
 * The nodes of a graph during a drag. Half of them are the largest frames, the rest is merged and thinner than a
 * pixel. Sending, building and discarding 200 000 nodes with each move would not be live.
 */
export const LIVE_NODES = 2000;

type Question = FlameGraphRequest | ComparisonRequest;

export interface Following {
  /** Whether a range of the request still changes under the pointer. */
  readonly live: boolean;
  /** The signals that change then. */
  readonly signals: readonly Pick<Signal<unknown>, "subscribe">[];
  /** The request of that moment; undefined for none. */
  readonly request: () => Question | undefined;
  /** At most so many nodes while it changes; undefined: all. */
  readonly nodes: number | undefined;
}

export interface FollowedGraph {
  readonly data: FlameGraphAnswer | undefined;
  /** The graph at rest is still that of another request. */
  readonly isBehind: boolean;
  /** The last answer of a drag, until the graph at rest has arrived. */
  readonly liveAnswer: Signal<FlameGraphAnswer | undefined>;
  /** During a drag: the range under the pointer is not answered yet. */
  readonly liveBehind: Signal<boolean>;
}

/** @param request as it is at rest */
export function useFlameGraph(request: Question, following: Following, enabled = true) {
  const query = useQuery({ ...graphQuery(request), placeholderData: keepPreviousData, enabled });
  const followed = useFollowed(following, !enabled || !query.isPlaceholderData);
  return { ...query, ...followed, isBehind: query.isPlaceholderData };
}

export function graphQuery(request: Question) {
  return queryOptions({
    queryKey: ["flamegraph", request],
    queryFn: ({ signal }) => fetchGraph(request, signal),
    gcTime: KEEP_MS,
  });
}

/** @param rested whether the graph after the drag has arrived */
function useFollowed({ live, signals, request, nodes }: Following, rested: boolean) {
  const [liveAnswer] = useState(() => new Signal<FlameGraphAnswer | undefined>(undefined));
  const [liveBehind] = useState(() => new Signal(false));
  const latest = useRef({ request, signals });
  useLayoutEffect(() => {
    latest.current = { request, signals };
  });
  useLayoutEffect(() => {
    if (!live) return;
    const follower = new Follower({ fetch: fetchGraph, onAnswer: liveAnswer.set, onBehind: liveBehind.set });
    const ask = () => {
      const wanted = latest.current.request();
      if (wanted) follower.ask({ ...wanted, nodes });
    };
    ask();
    const ends = latest.current.signals.map(({ subscribe }) => subscribe(ask));
    return () => {
      for (const end of ends) end();
      follower.stop();
    };
  }, [live, nodes, liveAnswer, liveBehind]);
  useEffect(() => {
    if (!live && rested) liveAnswer.set(undefined);
  }, [live, rested, liveAnswer]);
  return { liveAnswer, liveBehind };
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
