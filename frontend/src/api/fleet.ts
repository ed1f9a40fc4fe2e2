// Questions about the collection of many hosts: /fleet/…
import { formatDecimal } from "../lib/format";
import type { TimeRange } from "../types/explorer";
import type { FleetBy, FleetCut } from "../types/fleet";
import type { FlameGraphAnswer, FleetFunctionsAnswer, FleetMatrixAnswer, HeatmapAnswer } from "../types/wire";
import { address, getJson, type Query } from "./client";

const WEEK_SECONDS = 7 * 86_400;
/** Fleets are sampled some 20 times a second: finer rows would show the clock of the profiler. */
const ROWS = 10;

export function fetchFleetMatrix(cut: FleetCut, by: FleetBy, ran: string, signal: AbortSignal): Promise<FleetMatrixAnswer> {
  return getJson(address("fleet/matrix", { ...cutQuery(cut), by, function: ran || undefined }), signal);
}

export function fetchFleetFunctions(cut: FleetCut, by: FleetBy, signal: AbortSignal): Promise<FleetFunctionsAnswer> {
  return getJson(address("fleet/functions", { ...cutQuery(cut), by, limit: 20 }), signal);
}

export function fetchFleetHeatmap(cut: FleetCut, signal: AbortSignal): Promise<HeatmapAnswer> {
  return getJson(address("fleet/heatmap", { ...cutQuery(cut), rows: ROWS }), signal);
}

/** The graph of a cut, or of a range of its heatmap. */
export function fetchFleetGraph(cut: FleetCut, range: TimeRange | undefined, signal: AbortSignal): Promise<FlameGraphAnswer> {
  const url = range
    ? address("fleet/window", { ...cutQuery(cut), start: formatDecimal(range.start), end: formatDecimal(range.end) })
    : address("fleet/flamegraph", cutQuery(cut));
  return getJson(url, signal);
}

/** The graph of a cut with the change since the same hours a week before. */
export function fetchFleetChange(cut: FleetCut, signal: AbortSignal): Promise<FlameGraphAnswer> {
  const before = { ...cut, from: earlier(cut.from), to: earlier(cut.to) };
  const other = Object.entries(cutQuery(before)).map(([key, value]) => [`compare${key[0]!.toUpperCase()}${key.slice(1)}`, value]);
  return getJson(address("fleet/differential", { ...cutQuery(cut), ...(Object.fromEntries(other) as Query) }), signal);
}

function earlier(moment: number | undefined): number | undefined {
  return moment === undefined ? undefined : moment - WEEK_SECONDS;
}

function cutQuery({ from, to, hosts, services, versions }: FleetCut): Query {
  return { from, to, host: hosts, service: services, version: versions };
}
