// The heatmap with what belongs to it: the strip above a long one, and at its right the selection in
// words, the cell under the pointer, the legend, and the settings that change its look.
import { useCallback, useMemo, useState } from "react";
import type { HeatmapRequest } from "../../api/heatmap";
import { HeatmapCanvas } from "../../canvas/HeatmapCanvas";
import { OverviewCanvas } from "../../canvas/OverviewCanvas";
import type { MarkedRange } from "../../canvas/paintSelection";
import type { Side } from "../../canvas/useHeatmapGesture";
import { formatPlural } from "../../lib/format";
import { tickCount, type Heatmap } from "../../model/heatmap";
import { LONG } from "../../model/heatmapView";
import { isLow } from "../../model/plotHeight";
import { toTime } from "../../model/selection";
import { isSparse } from "../../model/sparse";
import type { ChangeExplorer } from "../../state/useExplorer";
import type { ExplorerState, TimeRange } from "../../types/explorer";
import type { Scheme } from "../../types/scheme";
import type { Tick } from "../../types/units";
import type { HeatmapAnswer } from "../../types/wire";
import { CountLegend } from "./CountLegend";
import { heatmapKey } from "./heatmapKeys";
import { HeatmapSettings } from "./HeatmapSettings";
import { MarksLegend, PictureNote, Readout, Summary } from "./HeatmapSide";
import { PlayButtons } from "./PlayButtons";
import { SelectionTable } from "./ScreenReaderTables";
import { useHeatmapPicture } from "./useHeatmapPicture";
import { useLiveWindow } from "./useLiveWindow";
import { useSamples } from "./useSamples";
import type { Selection } from "./useSelection";
import classes from "./explore.module.css";

/** Where a heatmap's cells come from. */
export interface HeatmapSource {
  readonly request: HeatmapRequest;
  /** What the search found in all of the profile. */
  readonly marks: HeatmapAnswer | undefined;
  /** RE2; undefined: nothing is searched. */
  readonly pattern: string | undefined;
}

interface HeatmapPanelProps {
  readonly heatmap: Heatmap;
  readonly source: HeatmapSource;
  readonly selection: Selection;
  /** The second selection on this heatmap, while two are compared. */
  readonly second: Selection | undefined;
  readonly side: Side;
  /** A range dragged for a side that is not compared yet. */
  readonly onSecond: (range: TimeRange) => void;
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
  readonly scheme: Scheme;
  /** Samples in the selection by the server's count, if it has answered. */
  readonly counted: number | undefined;
  readonly isBehind: boolean;
  /** CSS pixels that the plot should be high. */
  readonly plot: number;
  readonly onEscape: () => void;
}

export function HeatmapPanel(props: HeatmapPanelProps) {
  const { heatmap, source, selection, second, side, state, change, scheme, counted, plot, onEscape } = props;
  const [hovered, setHovered] = useState<Tick>();
  const [draft, setDraft] = useState<MarkedRange>();
  const setWindow = useCallback((next: TimeRange | undefined) => change({ window: next }, "gesture"), [change]);
  const { window, move } = useLiveWindow(state.window, setWindow);
  const low = isLow(plot);
  const picture = useHeatmapPicture({ heatmap, ...source, window, how: state.merge, plot });
  const { layout, cells } = picture;
  const shown = hovered !== undefined && hovered < tickCount(heatmap) ? hovered : undefined;
  // Periods are not counted in cells.
  const known = selection.ticks && state.weight === "samples" ? picture.samplesIn(selection.ticks) : undefined;
  const samples = known ?? (selection.ticks ? counted : heatmap.samples);
  const secondSamples = useSamples(source.request, picture, second);
  const compared = state.compare !== undefined;
  const { ticks } = selection;
  const secondTicks = second?.ticks;
  const ranges = useMemo(() => {
    const marked: MarkedRange[] = [];
    if (ticks) marked.push({ ticks, label: compared || draft ? "A" : "" });
    if (secondTicks) marked.push({ ticks: secondTicks, label: "B" });
    else if (draft) marked.push(draft);
    return marked;
  }, [ticks, secondTicks, compared, draft]);
  const target = (taken: Side) => (taken === "B" ? second : selection);
  const moving = target(side) ?? selection;
  const settings = (
    <HeatmapSettings
      state={state}
      change={change}
      merged={layout.view.merge > 1}
      sparse={!selection.range && layout.view.merge === 1 && isSparse(heatmap.rows, cells.maximum)}
      onShowAll={window && (() => change({ window: undefined }))}
      inRow={low}
    />
  );

  return (
    <section className={classes.heatmapPanel} aria-label="When">
      <div>
        {(heatmap.columns >= LONG || window !== undefined) && (
          <OverviewCanvas
            heatmap={heatmap}
            window={window}
            selection={selection.range}
            scheme={scheme}
            onWindow={move}
          />
        )}
        <HeatmapCanvas
          heatmap={heatmap}
          frame={picture.frame}
          layout={layout}
          cells={cells}
          marked={picture.marked}
          window={window}
          palette={state.palette}
          scheme={scheme}
          ranges={ranges}
          side={side}
          hovered={shown}
          description={`Samples by time: ${heatmap.columns} seconds, ${formatPlural(heatmap.samples, "sample")}`}
          onPreview={(range, taken) => {
            const known = target(taken);
            if (known) known.preview(range);
            else setDraft(range && { ticks: range, label: "B" });
          }}
          onSelect={(range, taken) => {
            setDraft(undefined);
            const known = target(taken);
            if (known) known.select(range);
            else props.onSecond(toTime(range, heatmap.rows));
          }}
          onHover={setHovered}
          onWindow={move}
          onKeyDown={(event) => {
            const onWindow = (next: TimeRange | undefined) => change({ window: next });
            heatmapKey(event, { heatmap, selection: moving, view: layout.view, window, onWindow, onEscape });
          }}
        />
        {low && settings}
      </div>
      <aside className={classes.side} data-low={low || second !== undefined}>
        <Summary
          selection={selection}
          samples={samples}
          heatmap={heatmap}
          label={compared ? "A" : ""}
          withIdle={state.idle}
          unit={state.weight === "samples" ? "samples" : "periods"}
        />
        {second && (
          <Summary
            selection={second}
            samples={second.ticks ? secondSamples : heatmap.samples}
            heatmap={heatmap}
            label="B"
            withIdle={state.idle}
            unit={state.weight === "samples" ? "samples" : "periods"}
          />
        )}
        <PlayButtons selection={selection} isBehind={props.isBehind} />
        <Readout
          heatmap={heatmap}
          at={shown}
          cells={cells}
          view={layout.view}
          how={state.merge}
          isNew={!selection.range && !low}
        />
        <CountLegend
          maximum={cells.maximum}
          merge={layout.view.merge}
          how={state.merge}
          palette={state.palette}
          scheme={scheme}
        />
        {picture.marked !== undefined && <MarksLegend layout={layout} />}
        <PictureNote picture={picture} />
        {!low && settings}
      </aside>
      <SelectionTable heatmap={heatmap} range={selection.range} samples={samples} />
    </section>
  );
}
