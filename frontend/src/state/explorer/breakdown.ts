// Breakdowns of the selection: at rest a query, during a drag the newest range (state/jobs/followed.ts). One of them comes
// with the flame graph of each move. Those that are not needed for a drag wait until the pointer rests.
import {
  keepPreviousData,
  queryOptions,
  useQueries,
  useQuery,
  useQueryClient,
  type Query,
} from "@tanstack/react-query";
import { fetchBreakdown, type BreakdownRequest, type RangedBreakdown } from "../../api/breakdown";
import { seconds } from "../../types/units";
import type { FollowedGraph } from "./flamegraph";
import { useFollowed, type Carrier, type Followed, type Following } from "../jobs/followed";

const KEEP_MS = 30_000;

export interface FollowedBreakdown extends Followed<RangedBreakdown> {
  readonly data: RangedBreakdown | undefined;
  readonly error: Error | null;
  /** Refetch every failed breakdown, since one fault usually fails them all. */
  readonly retry: () => void;
}

/** @param enabled whether it is wanted now; meanwhile the last answer stays */
export function useBreakdown(request: BreakdownRequest, enabled = true) {
  return useQuery({ ...breakdownQuery(request), placeholderData: keepPreviousData, enabled });
}

/** Fetch several breakdowns, each undefined until it has arrived. */
export function useEachBreakdown(requests: readonly BreakdownRequest[], enabled: boolean): readonly (RangedBreakdown | undefined)[] {
  return useQueries({ queries: requests.map((request) => ({ ...breakdownQuery(request), enabled })) }).map(({ data }) => data);
}

function breakdownQuery(request: BreakdownRequest) {
  return queryOptions({
    queryKey: ["breakdown", request],
    queryFn: ({ signal }) => fetchBreakdown(request, signal),
    gcTime: KEEP_MS,
  });
}

/**
 * Fetch a breakdown as useBreakdown does, and follow the ranges of a drag.
 *
 * @param graph the followed graph whose answers include the breakdown, if they do
 */
export function useLiveBreakdown(
  request: BreakdownRequest,
  following: Following<BreakdownRequest>,
  enabled = true,
  graph?: FollowedGraph,
): FollowedBreakdown {
  const { data, error, isPlaceholderData } = useBreakdown(request, enabled && !following.live);
  const followed = useFollowed(following, fetchBreakdown, !isPlaceholderData, graph && carriedBy(graph));
  const queryClient = useQueryClient();
  const predicate = ({ state }: Query) => state.status === "error";
  const retry = () => void queryClient.refetchQueries({ queryKey: ["breakdown"], type: "active", predicate });
  return { data, error, retry, ...followed };
}

function carriedBy({ laterAnswer }: FollowedGraph): Carrier<RangedBreakdown> {
  return {
    subscribe: laterAnswer.subscribe,
    newest: () => {
      const { breakdown, start, end } = laterAnswer.value ?? {};
      return breakdown && { ...breakdown, range: { start: seconds(start!), end: seconds(end!) } };
    },
  };
}
