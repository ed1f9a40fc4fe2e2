// The heatmap with what belongs to it: the strip above a long one, and at its right the selection in
// words, the cell under the pointer, the legend, and the settings that change its look.
import { Button, NativeSelect } from "@mantine/core";
import { useCallback, useMemo, useState } from "react";
import { HeatmapCanvas } from "../../canvas/HeatmapCanvas";
import { OverviewCanvas } from "../../canvas/OverviewCanvas";
import type { MarkedRange } from "../../canvas/paintSelection";
import type { Side } from "../../canvas/useHeatmapGesture";
import { formatPlural } from "../../lib/format";
import type { Heatmap } from "../../model/heatmap";
import { LONG, windowOf, type ShownCells } from "../../model/heatmapView";
import { samplesIn, toTime } from "../../model/selection";
import type { ChangeExplorer } from "../../state/useExplorer";
import type { ExplorerState, Merge, Palette, TimeRange } from "../../types/explorer";
import type { Scheme } from "../../types/scheme";
import type { Tick } from "../../types/units";
import { CountLegend } from "./CountLegend";
import { Readout, Summary } from "./HeatmapSide";
import { PlayButtons } from "./PlayButtons";
import { SelectionTable } from "./ScreenReaderTables";
import type { Selection } from "./useSelection";
import classes from "./explore.module.css";

const ROWS = [10, 25, 49, 50, 99, 100];
const PALETTE_NAMES: Readonly<Record<Palette, string>> = {
  red: "White to red",
  enhanced: "Enhanced",
  safe: "Colour-blind safe",
};

interface HeatmapPanelProps {
  readonly heatmap: Heatmap;
  readonly matches: Float64Array | undefined;
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
  readonly onEscape: () => void;
}

export function HeatmapPanel(props: HeatmapPanelProps) {
  const { heatmap, matches, selection, second, side, state, change, scheme, counted, onEscape } = props;
  const [hovered, setHovered] = useState<Tick>();
  const [scale, setScale] = useState({ maximum: heatmap.maximum, merge: 1 });
  const [draft, setDraft] = useState<MarkedRange>();
  const shown = hovered !== undefined && hovered < heatmap.counts.length ? hovered : undefined;
  const samples = samplesOf(heatmap, selection, state.weight === "samples") ?? (selection.ticks ? counted : heatmap.samples);
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
  const onShown = useCallback((cells: ShownCells, merge: number) => {
    setScale((old) => (old.maximum === cells.maximum && old.merge === merge ? old : { maximum: cells.maximum, merge }));
  }, []);
  const onWindow = useCallback((window: TimeRange | undefined) => change({ window }, "replace"), [change]);
  const target = (taken: Side) => (taken === "B" ? second : selection);
  const moving = target(side) ?? selection;

  return (
    <section className={classes.heatmapPanel} aria-label="When">
      <div>
        {(heatmap.columns >= LONG || state.window !== undefined) && (
          <OverviewCanvas
            heatmap={heatmap}
            window={state.window}
            selection={selection.range}
            scheme={scheme}
            onWindow={onWindow}
          />
        )}
        <HeatmapCanvas
          heatmap={heatmap}
          matches={matches}
          window={state.window}
          merge={state.merge}
          palette={state.palette}
          scheme={scheme}
          ranges={ranges}
          side={side}
          hovered={shown}
          low={compared && state.compare?.file !== ""}
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
          onWindow={onWindow}
          onShown={onShown}
          onKeyDown={(event) => {
            if (event.ctrlKey || event.metaKey || event.altKey) return;
            if (event.key === "Escape") onEscape();
            else if (event.key === "Enter" && moving.range) change({ window: windowOf(moving.range, heatmap.columns) });
            else if (event.key === "Backspace" && state.window) change({ window: undefined });
            else if (!moving.arrow(event.key, event.shiftKey)) return;
            event.preventDefault();
          }}
        />
      </div>
      <aside className={classes.side}>
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
            samples={samplesOf(heatmap, second, true) ?? heatmap.samples}
            heatmap={heatmap}
            label="B"
            withIdle={state.idle}
            unit={state.weight === "samples" ? "samples" : "periods"}
          />
        )}
        <PlayButtons selection={selection} isBehind={props.isBehind} />
        <Readout heatmap={heatmap} at={shown} matches={matches} merge={scale.merge} how={state.merge} />
        <CountLegend maximum={scale.maximum} merge={scale.merge} how={state.merge} palette={state.palette} scheme={scheme} />
        {matches && (
          <p className={classes.marks} data-testid="marks-legend">
            <span aria-hidden />
            framed: has matches; the bar is their share
          </p>
        )}
        <Settings state={state} change={change} merged={scale.merge > 1} />
      </aside>
      <SelectionTable heatmap={heatmap} range={selection.range} samples={samples} />
    </section>
  );
}

function Settings({ state, change, merged }: Pick<HeatmapPanelProps, "state" | "change"> & { readonly merged: boolean }) {
  return (
    <div className={classes.settings}>
      {state.window && (
        <Button onClick={() => change({ window: undefined })} data-testid="reset-window" title="Backspace">
          Show all seconds
        </Button>
      )}
      {merged && (
        <label className={classes.field}>
          Joined
          <NativeSelect
            value={state.merge}
            data={[
              { value: "sum", label: "by sum" },
              { value: "max", label: "by the highest" },
            ]}
            onChange={({ currentTarget }) => change({ merge: currentTarget.value as Merge }, "replace")}
            data-testid="merge"
          />
        </label>
      )}
      <label className={classes.field}>
        Rows
        <NativeSelect
          value={state.rows}
          data={[...new Set([...ROWS, state.rows])].sort((a, b) => a - b).map(String)}
          onChange={({ currentTarget }) => change({ rows: Number(currentTarget.value) }, "replace")}
          data-testid="rows"
        />
      </label>
      <label className={classes.field}>
        Palette
        <NativeSelect
          value={state.palette}
          data={Object.entries(PALETTE_NAMES).map(([value, label]) => ({ value, label }))}
          onChange={({ currentTarget }) => change({ palette: currentTarget.value as Palette }, "replace")}
          data-testid="palette"
        />
      </label>
    </div>
  );
}

function samplesOf(heatmap: Heatmap, { ticks }: Selection, exact: boolean): number | undefined {
  return ticks && exact ? samplesIn(heatmap, ticks) : undefined;
}
