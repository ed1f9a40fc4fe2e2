// A heatmap with everything around it, for either side of a comparison: the strip above a long one, and below it
// the cell under the pointer, the legend and the settings.
import { useMemo, useState, type ReactNode } from "react";
import type { HeatmapRequest } from "../../../api/heatmap";
import { OverviewCanvas } from "../../../canvas/OverviewCanvas";
import type { LabelledRange } from "../../../canvas/painting/paintSelection";
import type { Side } from "../../../canvas/gestures/useHeatmapGesture";
import { formatAmount } from "../../../lib/format";
import type { TimeOfDay } from "../../../lib/timeOfDay";
import { tickCount, type Heatmap } from "../../../model/heatmap/heatmap";
import { LONG } from "../../../model/heatmap/heatmapView";
import type { ShownLaneKind } from "../../../model/lanes/laneKind";
import { LOW_PLOT_HEIGHT } from "../../../model/heatmap/layout/plotHeight";
import { NO_MARKS, type Marks } from "../../../model/marks/marks";
import { insideOf, toTime } from "../../../model/heatmap/selection/selection";
import { Signal } from "../../../state/signal";
import type { ChangeExplorer, ChangeHow } from "../../../state/explorer/useExplorer";
import type { ExplorerState, TimeRange } from "../../../types/explorer";
import type { Scheme } from "../../../types/scheme";
import type { Tick } from "../../../types/units";
import type { BreakdownAnswer, Finding, HeatmapAnswer } from "../../../types/wire";
import { LiveSelection, WithSignal } from "../live";
import { EventsLegend } from "../marks/EventsLegend";
import { CountLegend } from "./CountLegend";
import { BusyLine } from "./BusyLine";
import { HeatChoice, HeatLegend } from "./HeatLegend";
import { handleHeatmapKey } from "./heatmapKeys";
import { MatchesLegend, PictureNote, Readout } from "./HeatmapSide";
import { LiveHeatmap, type Found, type Selections } from "./LiveHeatmap";
import { useHeat } from "./useHeat";
import { useHeatmapPicture, type HeatmapPicture } from "./useHeatmapPicture";
import { useLiveWindow } from "./useLiveWindow";
import classes from "../explore.module.css";

/** Where a heatmap's cells come from. */
export interface HeatmapSource {
  readonly request: HeatmapRequest;
  /** The matches of the search in the whole profile. */
  readonly matches: HeatmapAnswer | undefined;
  /** RE2; undefined without a search. */
  readonly pattern: string | undefined;
  /** The whole heatmap as it was sent, with frequency and CPUs. */
  readonly answer: HeatmapAnswer | undefined;
  /** The kind of the lanes, and their values in the whole profile. */
  readonly lanesBy: ShownLaneKind | undefined;
  readonly wholeLanes: BreakdownAnswer | undefined;
}

/** How tests find the parts of a pane. */
export interface PaneTestIds {
  readonly heatmap: string;
  readonly overview: string;
  readonly legend: string;
}

interface HeatmapPaneProps {
  readonly heatmap: Heatmap;
  readonly source: HeatmapSource;
  readonly selections: Selections;
  /** The selection that a plain drag and the arrow keys change. */
  readonly side: Side;
  /** Takes a range that was dragged for a side that is not compared yet; undefined: all drags are for `side`. */
  readonly onNewSide?: (range: TimeRange) => void;
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
  readonly scheme: Scheme;
  /** The unit of the cells; undefined until it is known. */
  readonly unit: string | undefined;
  /** The part that is shown, as it is in the address. */
  readonly window: TimeRange | undefined;
  readonly onWindow: (window: TimeRange | undefined, how: ChangeHow) => void;
  /** CSS pixels that the plot should be high. */
  readonly plot: number;
  /** CSS pixels left of the plot. */
  readonly left: number;
  /** Events from elsewhere, and the time of day, of the profile that they are of. */
  readonly marks?: Marks;
  readonly timeOfDay?: TimeOfDay | undefined;
  /** What findings are about, in the profile that they are of. */
  readonly found?: Found;
  /** Escape on the heatmap; undefined: it belongs to the page where nothing is selected here. */
  readonly onEscape?: () => void;
  readonly title: string;
  readonly description: string;
  readonly testIds: PaneTestIds;
  /** First in the row below the picture. */
  readonly lead?: ReactNode;
  /** Below that row, on the same time axis. */
  readonly below?: (picture: HeatmapPicture, shown: TimeRange | undefined) => ReactNode;
  readonly settings?: (picture: HeatmapPicture, shown: TimeRange | undefined) => ReactNode;
  /** Whether to explain how the picture is read while nothing is selected. */
  readonly explained?: boolean;
}

const NOTHING_FOUND: Found = { pointed: new Signal<Finding | undefined>(undefined), ranges: [] };

export function HeatmapPane(props: HeatmapPaneProps) {
  const { heatmap, source, selections, side, state, scheme, plot, unit, onNewSide, testIds, marks = NO_MARKS } = props;
  const [pointer] = useState(() => new Signal<Tick | undefined>(undefined));
  const [draft] = useState(() => new Signal<LabelledRange | undefined>(undefined));
  const { window, move } = useLiveWindow(props.window, (next) => props.onWindow(next, "gesture"));
  const picture = useHeatmapPicture({ heatmap, ...source, window, how: state.merge, plot, left: props.left });
  const { layout } = picture;
  const heat = useHeat(heatmap, picture, { ...source, state, scheme });
  // A full cell has the strongest colour, also where none of the profile is full.
  const cells = useMemo(
    () => (heat.heat === "busy" ? { ...picture.cells, maximum: heat.maximum } : picture.cells),
    [picture.cells, heat.heat, heat.maximum],
  );
  const compared = state.compare !== undefined;
  const target = (taken: Side) => selections[onNewSide ? taken : side];
  const main = (selections.A ?? selections.B)!;
  return (
    <section className={classes.heatmapPanel} aria-label={props.title}>
      {(heatmap.seconds >= LONG || window !== undefined) && (
        <LiveSelection selection={main}>
          {({ range }) => (
            <OverviewCanvas
              heatmap={heatmap}
              window={window}
              selection={range}
              scheme={scheme}
              left={props.left}
              onWindow={move}
              testId={testIds.overview}
            />
          )}
        </LiveSelection>
      )}
      <BusyLine low={plot < LOW_PLOT_HEIGHT} layout={layout} busy={picture.busy} cpus={source.answer?.cpus ?? undefined} scheme={scheme} />
      <LiveHeatmap
        of={props.found ?? NOTHING_FOUND}
        marks={marks.marks}
        timeOfDay={props.timeOfDay}
        {...{ selections, draft, pointer, compared, heatmap, layout, cells, window, scheme, side }}
        frame={picture.frame}
        matching={picture.matching}
        palette={state.palette}
        heat={heat.heat}
        colours={heat.colours}
        description={`${props.description}: ${heatmap.seconds} seconds, ${formatAmount(heatmap.samples, unit)}`}
        testId={testIds.heatmap}
        onPreview={(range, taken) => {
          const selection = target(taken);
          if (selection) selection.preview(range);
          else draft.set(range && { ticks: range, label: "B" });
        }}
        onSelect={(range, taken) => {
          draft.set(undefined);
          const selection = target(taken);
          if (selection) selection.select(range);
          else onNewSide?.(insideOf(toTime(range, heatmap), heatmap));
        }}
        onHover={pointer.set}
        onWindow={move}
        onKeyDown={(event) => {
          const selection = selections[side] ?? main;
          if (event.key === "Escape" && !props.onEscape && !selection.range) return;
          const onWindow = (next: TimeRange | undefined) => props.onWindow(next, "push");
          const onEscape = props.onEscape ?? selection.clear;
          const used = handleHeatmapKey(event, { heatmap, selection, view: layout.view, window, onWindow, onEscape });
          // The page's own shortcuts work on the first heatmap.
          if (used && !selections.A) event.stopPropagation();
        }}
      />
      <div className={classes.foot}>
        {props.lead}
        <WithSignal signal={pointer}>
          {(at) => {
            const cell = at !== undefined && at < tickCount(heatmap) ? at : undefined;
            const searched = picture.matching !== undefined;
            return (
              <div className={classes.readoutLine}>
                {/* In the room of the hint: nothing below it moves with a search. */}
                {searched && <MatchesLegend layout={layout} brief={cell !== undefined} />}
                <Readout
                  heatmap={heatmap}
                  at={cell}
                  cells={cells}
                  view={layout.view}
                  how={state.merge}
                  unit={unit}
                  marks={marks}
                  timeOfDay={props.timeOfDay}
                  isNew={props.explained === true && !main.range && !main.live}
                  hasHint={!searched}
                />
              </div>
            );
          }}
        </WithSignal>
        <HeatChoice shown={heat} change={props.change} unit={unit} />
        {heat.heat === "samples" ? (
          <CountLegend
            maximum={cells.maximum}
            columnMs={heatmap.columnMs}
            merge={layout.view.merge}
            how={state.merge}
            unit={unit}
            palette={state.palette}
            scheme={scheme}
            testId={testIds.legend}
          />
        ) : (
          <HeatLegend shown={heat} state={state} scheme={scheme} />
        )}
        <EventsLegend marks={marks} scheme={scheme} />
        <PictureNote picture={picture} />
        {props.settings?.(picture, window)}
      </div>
      {props.below?.(picture, window)}
    </section>
  );
}
