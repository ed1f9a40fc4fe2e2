// The answers that the fleet's screen shows.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { fetchFleetChange, fetchFleetFunctions, fetchFleetGraph, fetchFleetHeatmap, fetchFleetMatrix } from "../../api/fleet";
import type { FleetCut, FleetState } from "../../types/fleet";

/** The longest cut that the server draws a subsecond heatmap of. */
const HEATMAP_SECONDS = 3600;

function cutOf({ from, to, hosts, services, versions }: FleetState): FleetCut {
  return { from, to, hosts, services, versions };
}

/** Whether a cut is short enough for a subsecond heatmap. */
export function hasHeatmap({ from, to }: FleetCut): boolean {
  return from !== undefined && to !== undefined && to - from <= HEATMAP_SECONDS;
}

export function useFleetMatrix(state: FleetState) {
  const cut = cutOf(state);
  return useQuery({
    queryKey: ["fleet", "matrix", cut, state.by, state.ran],
    queryFn: ({ signal }) => fetchFleetMatrix(cut, state.by, state.ran, signal),
    placeholderData: keepPreviousData,
    retry: false,
  });
}

export function useFleetFunctions(state: FleetState) {
  const cut = cutOf(state);
  return useQuery({
    queryKey: ["fleet", "functions", cut, state.by],
    queryFn: ({ signal }) => fetchFleetFunctions(cut, state.by, signal),
    retry: false,
  });
}

export function useFleetHeatmap(state: FleetState) {
  const cut = cutOf(state);
  return useQuery({
    queryKey: ["fleet", "heatmap", cut],
    queryFn: ({ signal }) => fetchFleetHeatmap(cut, signal),
    enabled: hasHeatmap(cut),
    retry: false,
  });
}

export function useFleetGraph(state: FleetState) {
  const cut = cutOf(state);
  return useQuery({
    queryKey: ["fleet", "graph", cut, state.range, state.compared],
    queryFn: ({ signal }) => (state.compared ? fetchFleetChange(cut, signal) : fetchFleetGraph(cut, state.range, signal)),
    placeholderData: keepPreviousData,
    retry: false,
  });
}
