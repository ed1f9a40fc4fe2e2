// All requests of the explorer and their answers.
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { isTime } from "../../lib/format";
import type { TimeOfDay } from "../../lib/timeOfDay";
import { buildHeatmap, type Heatmap } from "../../model/heatmap/heatmap";
import { followed } from "../../model/heatmap/heatmapView";
import { isRefusedRange } from "../../model/heatmap/selection/selection";
import { findingRanges, shownFinding } from "../../model/findings/findings";
import { shownLaneKind } from "../../model/lanes/laneKind";
import { marksOf } from "../../model/marks/marks";
import { searchPattern } from "../../model/patterns";
import { useFindings } from "../../state/explorer/findings";
import { LIVE_NODES, useFilters, useFlameGraph } from "../../state/explorer/flamegraph";
import { useHeatmap, useMatches } from "../../state/explorer/heatmap";
import { isUnanswerable } from "../../state/faults";
import { toComparisonRequest, toGraphRequest, toHeatmapRequest, toOtherHeatmapRequest } from "../../state/requests";
import { useMarks } from "../../state/explorer/marks";
import { useNotes } from "../../state/explorer/notes";
import { useProfileInfo, versionQuery } from "../../state/explorer/profileInfo";
import { useProgress } from "../../state/jobs/progress";
import { Signal } from "../../state/signal";
import type { ChangeExplorer, ChangeHow } from "../../state/explorer/useExplorer";
import type { Clock, ExplorerState, TimeRange } from "../../types/explorer";
import type { Finding, ProfileInfo } from "../../types/wire";
import { useComparison } from "./compare/useComparison";
import { useFlameTree } from "./flame/useFlameTree";
import { liveBreakdown, useBreakdowns } from "./useBreakdowns";
import { rangeUnder, useSelection } from "./useSelection";

export function useExplorerData(state: ExplorerState, change: ChangeExplorer, info: ReturnType<typeof useProfileInfo>) {
  const { file: filename, type, compare } = state;
  const heatmapRequest = toHeatmapRequest(state);
  const heatmapQuery = useHeatmap(heatmapRequest);
  const heatmap = useMemo(() => heatmapQuery.data && buildHeatmap(heatmapQuery.data), [heatmapQuery.data]);
  const pattern = searchPattern(state.search);
  const matches = useMatches(heatmapRequest, pattern);

  const elsewhere = compare !== undefined && !compare.rest && compare.file !== "";
  const otherRequest = toOtherHeatmapRequest(state, heatmap);
  const isAsked = elsewhere && !heatmapQuery.isPending;
  const otherQuery = useHeatmap(otherRequest, isAsked);
  const otherMatches = useMatches(otherRequest, pattern, isAsked);
  const other = useMemo(
    () => (elsewhere && otherQuery.data ? buildHeatmap(otherQuery.data) : undefined),
    [elsewhere, otherQuery.data],
  );

  const selection = useSelection(heatmap, state.range, (range, how) => {
    change({ range, window: shownWith(state.window, range, heatmap, how), stretch: undefined }, how);
  });
  const second = useSelection(elsewhere ? other : heatmap, compare?.range, (range, how) => {
    if (!compare) return;
    const window = elsewhere ? shownWith(compare.window, range, other, how) : compare.window;
    const own = elsewhere ? state.window : shownWith(state.window, range, heatmap, how);
    change({ compare: { ...compare, range, window }, window: own }, how);
  });
  const live = selection.live || second.live;
  const request = toGraphRequest(state, selection.range);
  // A search, a table, callers and a zoom need nodes that are too thin for the whole picture.
  const whole = state.view === "table" || state.view === "both" || state.search !== "" || state.zoom !== "" || state.callers !== "";
  const nodes = whole ? undefined : LIVE_NODES;
  const signals = [selection.dragRange, second.dragRange];
  const liveRequest = () => toGraphRequest({ ...state, ...selection.dragCut.current }, rangeUnder(selection));
  const lanesBy = shownLaneKind(state.lanes, info.data);
  const breakdown = info.data && liveBreakdown(state, lanesBy);
  const flame = useFlameGraph(request, {
    live: live && !compare,
    signals,
    request: () => ({ ...liveRequest(), breakdown }),
    nodes,
  });
  const comparison = useComparison(toComparisonRequest(request, compare, second.range), request, {
    live: live && compare !== undefined,
    signals,
    request: () => toComparisonRequest(liveRequest(), compare, rangeUnder(second)),
    nodes,
  });
  const shown = compare ? comparison : flame;
  const found = useFlameTree(shown.data, state);
  const isRestOfAll = compare?.rest === true && !selection.range && !live;

  // The facts decide about the lanes, and with them the place of every picture. They come from the same reading.
  // Facts that failed are asked for again, while the pictures stay.
  const factsPending = info.isLoading && info.errorUpdateCount === 0 && info.failureCount === 0;
  const opening = heatmapQuery.isPending || factsPending || (heatmapQuery.isError && flame.isPending);
  // The graph of the same samples is asked for first, and its notice tells why none of them can be answered. A drag
  // asks for other samples.
  const unanswerable =
    !live && (isUnanswerable(flame.error) || (heatmap !== undefined && isRefusedRange(state.range, heatmap)));
  const isPlaced = state.range === undefined || !heatmapQuery.isPending;
  const ready = info.data !== undefined && isPlaced && !unanswerable;
  const breakdowns = useBreakdowns(state, selection, lanesBy, ready, compare ? undefined : flame);
  const findings = useFindings(filename, type, heatmap !== undefined || flame.data !== undefined);
  const [pointedFinding] = useState(() => new Signal<Finding | undefined>(undefined));
  const chosenFinding = findings.data && shownFinding(findings.data.findings, state);
  const foundRanges = useMemo(() => (chosenFinding ? findingRanges(chosenFinding) : []), [chosenFinding]);
  const events = useMarks(state, flame.data !== undefined);
  const notes = useNotes(filename, flame.data !== undefined);
  const shownMarks = useMemo(() => marksOf(events.data, notes.data?.notes), [events.data, notes.data]);
  const timeOfDay = useMemo(() => shownTimeOfDay(state.clock, state.began, info.data), [state.clock, state.began, info.data]);
  const queryClient = useQueryClient();
  // The version first: a file that changes after the picture was requested must be noticed.
  const reopen = () => {
    void queryClient.refetchQueries({ queryKey: versionQuery(filename).queryKey });
    for (const query of [heatmapQuery, flame, info]) if (query.isError) void query.refetch();
  };
  const otherInfo = useProfileInfo(otherRequest.filename, otherRequest.type, other !== undefined);
  return {
    ...found,
    request,
    heatmapQuery,
    heatmap,
    source: { request: heatmapRequest, matches: matches.data, pattern, answer: heatmapQuery.data, lanesBy, wholeLanes: breakdowns.wholeLanes },
    otherQuery,
    otherSource: { request: otherRequest, matches: otherMatches.data, pattern, answer: otherQuery.data, lanesBy: undefined, wholeLanes: undefined },
    other,
    elsewhere,
    selection,
    second,
    live,
    flame,
    comparison,
    shown,
    /** The rest of the whole profile is empty: a range must be selected first. */
    isRestOfAll,
    /** The error that stands in place of the graph. */
    graphError: isRestOfAll || shown.isBehind || live ? null : shown.error,
    filters: useFilters(),
    opening,
    // A profile without times has no heatmap but a flame graph; one without either gets one notice, not two.
    failed: heatmapQuery.isError && flame.isError && flame.data === undefined,
    progress: useProgress(filename, opening),
    /** Request again all that opening the profile needs. */
    reopen,
    info,
    /** The kind of the lanes; undefined for a profile that has none. */
    lanesBy,
    breakdowns,
    /** Requests for the selection would fail. */
    unanswerable,
    findings,
    /** The finding under the pointer, and the ranges of the one that is selected. */
    found: { pointed: pointedFinding, ranges: foundRanges },
    /** Events from elsewhere, as they were sent and as they are drawn. */
    events: { files: events.data?.files ?? [], error: events.error, marks: shownMarks },
    notes,
    timeOfDay,
    otherInfo,
    // The graph comes before the facts about the file. With a weight, it counts something else than cells.
    cellUnit: cellUnit(info.data?.unit ?? (state.weight === "samples" ? flame.data?.unit : undefined)),
    otherCellUnit: cellUnit(otherInfo.data?.unit),
  };
}

/** The time of day, where it is wanted and the start is known. The recorder's own clock has no zone. */
function shownTimeOfDay(clock: Clock, given: number | undefined, info: ProfileInfo | undefined): TimeOfDay | undefined {
  const began = given ?? info?.began ?? undefined;
  if (clock === "seconds" || began === undefined) return undefined;
  return { began, zone: given === undefined && info?.beganExactly === false ? "utc" : clock };
}

/** A step may leave the shown part, a drag cannot. */
function shownWith(window: TimeRange | undefined, range: TimeRange | undefined, heatmap: Heatmap | undefined, how: ChangeHow) {
  return range && heatmap && how === "replace" ? followed(window, range, heatmap.seconds) : window;
}

/** Cells count samples, and of a profile of times the slices that took them. */
function cellUnit(unit: string | undefined): string | undefined {
  return isTime(unit) ? "slices" : unit;
}

export type ExplorerData = ReturnType<typeof useExplorerData>;
