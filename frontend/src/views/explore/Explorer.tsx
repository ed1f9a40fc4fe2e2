// Joins the heatmap and the flame graph: one state, in the address, and one selection between them.
import { useComputedColorScheme } from "@mantine/core";
import { useMemo, useRef } from "react";
import { buildHeatmap } from "../../model/heatmap";
import { useFilters, useFlameGraph } from "../../state/flamegraph";
import { useHeatmap } from "../../state/heatmap";
import { useProgress } from "../../state/progress";
import type { ChangeExplorer } from "../../state/useExplorer";
import type { ExplorerState } from "../../types/explorer";
import { Header } from "../Header";
import { Loading } from "../Loading";
import { ErrorNotice } from "../Notice";
import { FilterSelect } from "./FilterSelect";
import { FlamePanel } from "./FlamePanel";
import { HeatmapPanel } from "./HeatmapPanel";
import { KeysHelp } from "./KeysHelp";
import { SearchField } from "./SearchField";
import { useFlameTree } from "./useFlameTree";
import { useSelection } from "./useSelection";
import { useShortcuts } from "./useShortcuts";
import classes from "./explore.module.css";

interface ExplorerProps {
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
}

export function Explorer({ state, change }: ExplorerProps) {
  const { file: filename, type, rows, filter } = state;
  const scheme = useComputedColorScheme("light");
  const searchInput = useRef<HTMLInputElement>(null);
  const heatmapQuery = useHeatmap({ filename, type, rows });
  const heatmap = useMemo(() => heatmapQuery.data && buildHeatmap(heatmapQuery.data), [heatmapQuery.data]);
  const selection = useSelection(heatmap, state.range, change);
  const flame = useFlameGraph({ filename, type, range: selection.range, filter }, selection.live);
  const filters = useFilters();
  const { tree, search, zoom } = useFlameTree(flame.data, state);
  const opening = heatmapQuery.isPending || (heatmapQuery.isError && flame.isPending);
  // A profile without times has no heatmap but a flame graph; one without either gets one notice, not two.
  const failed = heatmapQuery.isError && flame.isError && flame.data === undefined;
  const progress = useProgress(filename, opening);

  const resetZoom = () => change({ zoom: "" });
  useShortcuts({
    "/": () => {
      searchInput.current?.focus();
      searchInput.current?.select();
    },
    "[": () => selection.step(-1),
    "]": () => selection.step(1),
    Escape: () => (state.zoom === "" ? selection.clear() : resetZoom()),
  });

  return (
    <div className={classes.explorer} data-testid="explorer">
      <title>{`${filename} · FlameScope`}</title>
      <Header title={filename}>
        <FilterSelect filters={filters.data ?? []} value={filter} onChange={(value) => change({ filter: value })} />
        <SearchField
          ref={searchInput}
          value={state.search}
          onChange={(value) => change({ search: value }, "replace")}
          matched={search?.samples}
          samples={tree?.samples ?? 0}
        />
        <KeysHelp />
      </Header>
      {opening && <Loading label={`Reading ${filename}`} fraction={progress} />}
      {heatmapQuery.isError && (
        <ErrorNotice
          title={failed ? "The profile cannot be opened" : "No heatmap"}
          error={heatmapQuery.error}
          retry={() => void Promise.all([heatmapQuery.refetch(), flame.refetch()])}
        />
      )}
      {heatmap && (
        <HeatmapPanel
          heatmap={heatmap}
          selection={selection}
          state={state}
          change={change}
          scheme={scheme}
          // Where an edge runs through cells, only the server can count.
          counted={flame.isBehind ? undefined : tree?.samples}
          onEscape={() => (selection.range ? selection.clear() : resetZoom())}
        />
      )}
      {!opening && !failed && (
        <FlamePanel
          tree={tree}
          search={search}
          zoom={zoom}
          state={state}
          change={change}
          scheme={scheme}
          filters={filters.data ?? []}
          isBehind={flame.isBehind}
          error={flame.error}
          retry={() => void flame.refetch()}
        />
      )}
    </div>
  );
}
