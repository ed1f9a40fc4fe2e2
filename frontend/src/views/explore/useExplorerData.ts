// Everything the explorer asks the server, and what becomes of the answers.
import { useMemo } from "react";
import { cutOf } from "../../api/cut";
import { buildHeatmap, matchesOf } from "../../model/heatmap";
import { searchPattern } from "../../model/patterns";
import { useFilters, useFlameGraph } from "../../state/flamegraph";
import { useHeatmap, useMatches } from "../../state/heatmap";
import { useProfileInfo } from "../../state/profileInfo";
import { useProgress } from "../../state/progress";
import type { ChangeExplorer } from "../../state/useExplorer";
import type { ExplorerState } from "../../types/explorer";
import { useComparison } from "./useComparison";
import { useFlameTree } from "./useFlameTree";
import { useSelection } from "./useSelection";

export function useExplorerData(state: ExplorerState, change: ChangeExplorer) {
  const { file: filename, type, rows, compare } = state;
  const cut = cutOf(state);
  const heatmapRequest = { filename, type, rows, cut };
  const heatmapQuery = useHeatmap(heatmapRequest);
  const heatmap = useMemo(() => heatmapQuery.data && buildHeatmap(heatmapQuery.data), [heatmapQuery.data]);
  const marks = useMatches(heatmapRequest, searchPattern(state.search));
  const matches = useMemo(() => {
    const found = marks.data && state.search !== "" ? matchesOf(marks.data) : undefined;
    // Of another number of rows, until the new one is here.
    return found?.length === heatmap?.counts.length ? found : undefined;
  }, [marks.data, state.search, heatmap]);

  const elsewhere = compare !== undefined && !compare.rest && compare.file !== "";
  const otherQuery = useHeatmap(
    { filename: compare?.file ?? "", type: compare?.type ?? "", rows, cut },
    elsewhere,
  );
  const other = useMemo(
    () => (elsewhere && otherQuery.data ? buildHeatmap(otherQuery.data) : undefined),
    [elsewhere, otherQuery.data],
  );

  const selection = useSelection(heatmap, state.range, (range, how) => change({ range }, how));
  const second = useSelection(elsewhere ? other : heatmap, compare?.range, (range, how) => {
    if (compare) change({ compare: { ...compare, range } }, how);
  });
  const live = selection.live || second.live;
  const request = { filename, type, range: selection.range, cut, inverted: state.inverted };
  const flame = useFlameGraph(request, live);
  const comparison = useComparison({ request, compare, other: second.range, selected: flame.data?.samples, live });
  const shown = compare ? comparison : flame;
  const found = useFlameTree(shown.data, state);

  const opening = heatmapQuery.isPending || (heatmapQuery.isError && flame.isPending);
  return {
    ...found,
    request,
    heatmapQuery,
    heatmap,
    matches,
    otherQuery,
    other,
    elsewhere,
    selection,
    second,
    flame,
    comparison,
    shown,
    filters: useFilters(),
    opening,
    // A profile without times has no heatmap but a flame graph; one without either gets one notice, not two.
    failed: heatmapQuery.isError && flame.isError && flame.data === undefined,
    progress: useProgress(filename, opening),
    info: useProfileInfo(filename, type, !opening),
  };
}

export type ExplorerData = ReturnType<typeof useExplorerData>;
