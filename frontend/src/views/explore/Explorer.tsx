// Connects the heatmap and the flame graph: one state, in the address, and one selection for both.
import { useComputedColorScheme } from "@mantine/core";
import { useViewportSize } from "@mantine/hooks";
import { useMemo, useRef, useState } from "react";
import { statusOf } from "../../api/client";
import { SILENT, UNPROCESSABLE } from "../../lib/status";
import type { Side } from "../../canvas/gestures/useHeatmapGesture";
import { formatAmount, formatSpan } from "../../lib/format";
import { HIDDEN, readHeight } from "../../model/heatmap/layout/plotHeight";
import { usualHeights } from "../../model/heatmap/layout/room";
import { readLanesHeight } from "../../model/lanes/lanesHeight";
import { expressionFault } from "../../model/patterns";
import { profileFacts } from "../../model/profiles/profileFacts";
import { looked, readRecent } from "../../model/profiles/list/recentProfiles";
import { useRemembered } from "../../state/explorer/explorerMemory";
import { useLanesHeightText } from "../../state/explorer/lanesHeight";
import { useHeightText } from "../../state/explorer/plotHeight";
import { useProfileInfo } from "../../state/explorer/profileInfo";
import type { ChangeExplorer } from "../../state/explorer/useExplorer";
import { remedyFor, remedyForType, withoutTimes } from "../../state/faults";
import { NEW_COMPARISON, type ExplorerState } from "../../types/explorer";
import type { RecentProfile } from "../../types/memory";
import { Header } from "../app/Header";
import { Loading } from "../shared/Loading";
import { ErrorNotice } from "../shared/Notice";
import { LaterTree } from "./live";
import { FilterBar } from "./filters/FilterBar";
import { FilterCostText } from "./filters/FilterSelect";
import { CompareMenu } from "./compare/CompareMenu";
import { ExportMenu } from "./flame/ExportMenu";
import { FlamePanel } from "./flame/FlamePanel";
import { HeatmapPanel } from "./heatmap/HeatmapPanel";
import { KeysHelp } from "./KeysHelp";
import { LiveBar } from "./LiveBar";
import { Lanes } from "./lanes/Lanes";
import { LanesBar } from "./lanes/LanesBar";
import { useLanes } from "./lanes/useLanes";
import { EventsMenu } from "./marks/EventsMenu";
import { OtherHeatmap } from "./compare/OtherHeatmap";
import { ProfileNotices } from "./ProfileNotices";
import { Rail } from "./rail/Rail";
import { SearchField, SearchResult } from "./filters/SearchField";
import { StackControls } from "./filters/StackControls";
import { SplitBar } from "./SplitBar";
import { useExplorerData, type ExplorerData } from "./useExplorerData";
import { useShortcuts } from "../shared/useShortcuts";
import { ViewsMenu } from "./views/ViewsMenu";
import classes from "./explore.module.css";

const remembered = (text: string | null, now: RecentProfile) => looked(readRecent(text), now);

/** Until the window is measured, and the heatmap is here. */
const USUAL_WINDOW = 900;
const USUAL_ROWS = 25;

interface ExplorerProps {
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
}

export function Explorer({ state: asked, change }: ExplorerProps) {
  const info = useProfileInfo(asked.file, asked.type);
  const state = useMemo(() => withoutTimes(asked, info.data), [asked, info.data]);
  const { file: filename, filter, compare } = state;
  const scheme = useComputedColorScheme("light");
  const searchInput = useRef<HTMLInputElement>(null);
  const [side, setSide] = useState<Side>("A");
  const data = useExplorerData(state, change, info);
  const { heatmapQuery, heatmap, selection, second, flame, shown, opening, failed, filters } = data;
  const heatmaps = data.elsewhere ? 2 : 1;
  const [heightText, keepHeight] = useHeightText(heatmaps);
  const { open, narrow, lanesBy, left, laneCount } = useLanes(state, data);
  const window = useViewportSize().height || USUAL_WINDOW;
  const usual = usualHeights({ window, heatmaps, rows: heatmap?.rows ?? USUAL_ROWS, lanes: open ? laneCount : 0 });
  const plot = readHeight(heightText, usual.plot);
  const [lanesText, keepLanes] = useLanesHeightText();
  const isShown = plot !== HIDDEN;
  const isDrawn = !opening && !heatmapQuery.isError;
  const here = compare !== undefined && !compare.rest && !data.elsewhere;

  const { files, error } = data.events;
  const eventsMenu = data.info.data?.timed && <EventsMenu {...{ filename, files, error, state, change }} />;
  const edge = <SplitBar height={plot} usual={usual.plot} heatmaps={heatmaps} onHeight={keepHeight} selected={selectedWords(data)} />

  useRemembered(state, heatmap !== undefined || flame.data !== undefined, remembered);

  // No fault, and the flame graph is there.
  const heatmapStatus = statusOf(heatmapQuery.error);
  const isUntimed = data.info.data?.timed === false && !failed && heatmapStatus === UNPROCESSABLE;
  const untimed = isUntimed ? heatmapQuery.error?.message : undefined;
  const remedy = remedyForType(data.info.error, state) ?? remedyFor(heatmapQuery.error, state, flame.error);
  // One notice of an error at a time: the parts that would repeat it stay empty.
  const hasPanel = !opening && !failed;
  const silentTold = heatmapStatus === SILENT || (hasPanel && statusOf(data.graphError) === SILENT);

  const panel = { state, change, scheme, data, side, onSide: setSide };
  const resetZoom = () => change({ zoom: "" });
  useShortcuts({
    "/": () => {
      searchInput.current?.focus();
      searchInput.current?.select();
    },
    "[": () => void selection.step(-1),
    "]": () => void selection.step(1),
    Escape: () => {
      if (state.search !== "") change({ search: "" });
      else if (state.callers !== "") change({ callers: "" });
      else if (state.view === "time" && state.stretch) change({ stretch: undefined });
      else if (state.zoom !== "") resetZoom();
      else selection.clear();
    },
  });

  return (
    <div className={classes.explorer} data-testid="explorer">
      <title>{[state.name, filename, "FlameScope"].filter(Boolean).join(" · ")}</title>
      {/* Without a profile, its controls would do nothing. */}
      <Header title={filename} facts={profileFacts(data.info.data)} skip={["Skip to the heatmap", "[aria-roledescription=heatmap], [data-testid=show-heatmap]"]}>
        {!failed && (
          <>
            <SearchField
              ref={searchInput}
              value={state.search}
              onChange={(value) => change({ search: value }, "replace")}
              fault={expressionFault(state.search)}
              result={
                <LaterTree graph={shown} state={state}>
                  {({ tree, search }) => (
                    <SearchResult
                      matched={search?.samples}
                      samples={tree?.samples ?? 0}
                      whole={!selection.range && !selection.live}
                    />
                  )}
                </LaterTree>
              }
            />
            <CompareMenu {...panel} />
            <ExportMenu {...panel} />
            {!narrow && eventsMenu}
          </>
        )}
        <ViewsMenu state={state} change={change} />
        <KeysHelp />
      </Header>
      {/* Lanes, and with them the place of all pictures, depend on what the profile holds. */}
      <main className={classes.main} aria-busy={data.info.isPending}>
        <div className={classes.content}>
          {!failed && (
            <FilterBar
              info={data.info.data}
              state={state}
              change={change}
              kept={heatmap?.samples}
              stacks={
                <StackControls
                  info={data.info.data}
                  filters={filters.data ?? []}
                  frames={flame.data?.frames}
                  request={data.request}
                  state={state}
                  change={change}
                />
              }
            >
              <LaterTree graph={shown} state={state}>
                {({ tree }) =>
                  tree?.filtered && <FilterCostText filters={filters.data ?? []} value={filter} cost={tree.filtered} />
                }
              </LaterTree>
            </FilterBar>
          )}
          <LiveBar state={state} change={change} request={data.source.request} seconds={heatmap?.seconds ?? 0} samples={heatmap?.samples ?? 0} />
          <ProfileNotices state={state} info={data.info.data} untimed={untimed} silentTold={silentTold} />
          {opening && <Loading label={`Reading ${filename}`} fraction={data.progress} />}
          {heatmapQuery.isError && !opening && untimed === undefined && (
            <ErrorNotice
              title={remedy?.title ?? (failed ? "The profile cannot be opened" : "No heatmap")}
              error={heatmapQuery.error}
              detail={remedy?.detail}
              retry={remedy ? () => change(remedy.change) : data.reopen}
              label={remedy?.label}
            />
          )}
          {heatmap && isDrawn && isShown && (
            <HeatmapPanel
              heatmap={heatmap}
              source={data.source}
              selection={selection}
              second={here ? second : undefined}
              side={here ? side : "A"}
              onSecond={(range) => change({ compare: { ...NEW_COMPARISON, range } })}
              state={state}
              change={change}
              scheme={scheme}
              unit={data.cellUnit}
              plot={plot}
              left={left}
              found={data.found}
              marks={data.events.marks}
              actions={narrow && eventsMenu}
              timeOfDay={data.timeOfDay}
              lead={
                data.info.data && lanesBy && <LanesBar info={data.info.data} by={lanesBy} open={open} state={state} change={change} />
              }
              below={({ layout }) =>
                open &&
                lanesBy && (
                  <>
                    {edge}
                    <Lanes
                      key={lanesBy}
                      {...{ layout, state, change, scheme, heatmap, selection }}
                      by={lanesBy}
                      breakdowns={data.breakdowns}
                      unanswerable={data.unanswerable}
                      found={data.found}
                      marks={data.events.marks.marks}
                      count={laneCount}
                      height={readLanesHeight(lanesText, usual.lanes)}
                      onHeight={keepLanes}
                    />
                  </>
                )
              }
              onEscape={() => (selection.range ? selection.clear() : resetZoom())}
            />
          )}
          {data.elsewhere && !opening && isShown && (
            <OtherHeatmap
              query={data.otherQuery}
              isTold={data.graphError !== null}
              heatmap={data.other}
              source={data.otherSource}
              selection={second}
              state={state}
              change={change}
              scheme={scheme}
              unit={data.otherCellUnit}
              periodUnit={data.otherInfo.data?.periodUnit ?? "periods"}
              plot={plot}
              left={left}
            />
          )}
          {/* Between heatmap and lanes, where there are any. */}
          {heatmap && isDrawn && !(open && isShown) && edge}
          {hasPanel && <FlamePanel {...panel} />}
        </div>
        {hasPanel && <Rail data={data} state={state} change={change} here={here} />}
      </main>
    </div>
  );
}

/** The selection in words, where no heatmap shows it. */
function selectedWords({ selection, heatmap, flame }: ExplorerData): string {
  const { range } = selection;
  const samples = flame.data && formatAmount(flame.data.samples, flame.data.unit);
  const what = range ? `selected ${formatSpan(range, heatmap?.seconds ?? 0)}` : "whole profile";
  return [what, samples].filter(Boolean).join(" · ");
}
