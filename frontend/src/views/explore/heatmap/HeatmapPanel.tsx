// The heatmap with what belongs to it: the strip above a long one, and at its right the selection in
// words, the cell under the pointer, the legend, and the settings that change its look.
import { useCallback, useState, type ReactNode } from "react";
import type { HeatmapRequest } from "../../../api/heatmap";
import { OverviewCanvas } from "../../../canvas/OverviewCanvas";
import type { MarkedRange } from "../../../canvas/paintSelection";
import type { Side } from "../../../canvas/useHeatmapGesture";
import { formatPlural } from "../../../lib/format";
import { tickCount, type Heatmap } from "../../../model/heatmap/heatmap";
import { LONG } from "../../../model/heatmap/heatmapView";
import { isLow } from "../../../model/heatmap/plotHeight";
import { toTime } from "../../../model/heatmap/selection";
import { isSparse } from "../../../model/heatmap/sparse";
import type { FollowedGraph } from "../../../state/flamegraph";
import { Moving } from "../../../state/moving";
import type { ChangeExplorer } from "../../../state/useExplorer";
import type { ExplorerState, TimeRange } from "../../../types/explorer";
import type { Scheme } from "../../../types/scheme";
import type { Tick } from "../../../types/units";
import type { HeatmapAnswer } from "../../../types/wire";
import { CountLegend } from "./CountLegend";
import { Dragged, DraggedCanvas, UnderPointer } from "../Dragged";
import { heatmapKey } from "./heatmapKeys";
import { HeatmapSettings } from "./HeatmapSettings";
import { MarksLegend, PictureNote, Readout, Summary } from "./HeatmapSide";
import { PlayButtons } from "./PlayButtons";
import { SelectionTable } from "../ScreenReaderTables";
import { useHeatmapPicture, type HeatmapPicture } from "./useHeatmapPicture";
import { useLiveWindow } from "./useLiveWindow";
import { useSamples } from "./useSamples";
import { useDragged, type Selection } from "../useSelection";
import classes from "../explore.module.css";

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
  /** The selection's flame graph, where one is asked for. */
  readonly graph: FollowedGraph | undefined;
  readonly isBehind: boolean;
  /** CSS pixels that the plot should be high. */
  readonly plot: number;
  readonly onEscape: () => void;
}

export function HeatmapPanel(props: HeatmapPanelProps) {
  const { heatmap, source, selection, second, side, state, change, scheme, graph, plot, onEscape } = props;
  const [pointer] = useState(() => new Moving<Tick | undefined>(undefined));
  const [draft] = useState(() => new Moving<MarkedRange | undefined>(undefined));
  const setWindow = useCallback((next: TimeRange | undefined) => change({ window: next }, "gesture"), [change]);
  const { window, move } = useLiveWindow(state.window, setWindow);
  const low = isLow(plot);
  const picture = useHeatmapPicture({ heatmap, ...source, window, how: state.merge, plot });
  const { layout, cells } = picture;
  const compared = state.compare !== undefined;
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
          <Dragged selection={selection}>
            {({ range }) => (
              <OverviewCanvas heatmap={heatmap} window={window} selection={range} scheme={scheme} onWindow={move} />
            )}
          </Dragged>
        )}
        <DraggedCanvas
          {...{ selection, second, draft, pointer, compared }}
          heatmap={heatmap}
          frame={picture.frame}
          layout={layout}
          cells={cells}
          marked={picture.marked}
          window={window}
          palette={state.palette}
          scheme={scheme}
          side={side}
          description={`Samples by time: ${heatmap.columns} seconds, ${formatPlural(heatmap.samples, "sample")}`}
          onPreview={(range, taken) => {
            const known = target(taken);
            if (known) known.preview(range);
            else draft.set(range && { ticks: range, label: "B" });
          }}
          onSelect={(range, taken) => {
            draft.set(undefined);
            const known = target(taken);
            if (known) known.select(range);
            else props.onSecond(toTime(range, heatmap.rows));
          }}
          onHover={pointer.set}
          onWindow={move}
          onKeyDown={(event) => {
            const onWindow = (next: TimeRange | undefined) => change({ window: next });
            heatmapKey(event, { heatmap, selection: moving, view: layout.view, window, onWindow, onEscape });
          }}
        />
        {low && settings}
      </div>
      <aside className={classes.side} data-low={low || second !== undefined}>
        <DraggedSummary
          {...{ selection, heatmap, source, picture, graph, state }}
          label={compared ? "A" : ""}
        >
          <PlayButtons selection={selection} isBehind={props.isBehind} />
        </DraggedSummary>
        {second && <DraggedSummary {...{ heatmap, source, picture, state }} selection={second} label="B" />}
        <UnderPointer moving={pointer}>
          {(at) => (
            <Readout
              heatmap={heatmap}
              at={at !== undefined && at < tickCount(heatmap) ? at : undefined}
              cells={cells}
              view={layout.view}
              how={state.merge}
              isNew={!selection.range && !selection.live && !low}
            />
          )}
        </UnderPointer>
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
    </section>
  );
}

interface DraggedSummaryProps {
  readonly selection: Selection;
  readonly heatmap: Heatmap;
  readonly source: HeatmapSource;
  readonly picture: HeatmapPicture;
  readonly graph?: FollowedGraph | undefined;
  readonly state: ExplorerState;
  readonly label: "" | "A" | "B";
  readonly children?: ReactNode;
}

/** The selection in words, as it is under the pointer; of the first one also as a table. */
function DraggedSummary(props: DraggedSummaryProps) {
  const { selection, heatmap, source, picture, graph, state, label, children } = props;
  const now = useDragged(selection);
  const counted = useSamples(source.request, picture, now, graph);
  const samples = now.ticks ? counted : heatmap.samples;
  return (
    <>
      <Summary
        selection={now}
        samples={samples}
        heatmap={heatmap}
        label={label}
        withIdle={state.idle}
        unit={state.weight === "samples" ? "samples" : "periods"}
      >
        {children}
      </Summary>
      {label !== "B" && <SelectionTable heatmap={heatmap} range={now.range} samples={samples} live={now.live} />}
    </>
  );
}
