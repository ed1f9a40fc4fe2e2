// The heatmap with what belongs to it at its right: the selection in words, the cell under the
// pointer, the legend, and the two settings that change its look.
import { Button, NativeSelect } from "@mantine/core";
import { useState } from "react";
import { HeatmapCanvas } from "../../canvas/HeatmapCanvas";
import { formatCount, formatPlural, formatSeconds, formatShare } from "../../lib/format";
import { timeOf, type Heatmap } from "../../model/heatmap";
import { samplesIn } from "../../model/selection";
import type { ChangeExplorer } from "../../state/useExplorer";
import type { ExplorerState, Palette } from "../../types/explorer";
import type { Scheme } from "../../types/scheme";
import type { Tick } from "../../types/units";
import { CountLegend } from "./CountLegend";
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
  readonly selection: Selection;
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
  readonly scheme: Scheme;
  /** Samples in the selection by the server's count, if it has answered. */
  readonly counted: number | undefined;
  readonly onEscape: () => void;
}

export function HeatmapPanel(props: HeatmapPanelProps) {
  const { heatmap, selection, state, change, scheme, counted, onEscape } = props;
  const [hovered, setHovered] = useState<Tick>();
  const shown = hovered !== undefined && hovered < heatmap.counts.length ? hovered : undefined;
  const samples = selection.ticks ? (samplesIn(heatmap, selection.ticks) ?? counted) : heatmap.samples;
  return (
    <section className={classes.heatmapPanel} aria-label="When">
      <HeatmapCanvas
        heatmap={heatmap}
        palette={state.palette}
        scheme={scheme}
        selection={selection.ticks}
        hovered={shown}
        description={`Samples by time: ${heatmap.columns} seconds, ${formatPlural(heatmap.samples, "sample")}`}
        onPreview={selection.preview}
        onSelect={selection.select}
        onHover={setHovered}
        onKeyDown={(event) => {
          if (event.ctrlKey || event.metaKey || event.altKey) return;
          if (event.key === "Escape") onEscape();
          else if (!selection.arrow(event.key, event.shiftKey)) return;
          event.preventDefault();
        }}
      />
      <aside className={classes.side}>
        <Summary selection={selection} samples={samples} heatmap={heatmap} />
        <Readout heatmap={heatmap} at={shown} />
        <CountLegend maximum={heatmap.maximum} palette={state.palette} scheme={scheme} />
        <div className={classes.settings}>
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
      </aside>
      <SelectionTable heatmap={heatmap} range={selection.range} samples={samples} />
    </section>
  );
}

interface SummaryProps {
  readonly selection: Selection;
  readonly samples: number | undefined;
  readonly heatmap: Heatmap;
}

function Summary({ selection: { range, clear, live }, samples, heatmap }: SummaryProps) {
  const { samples: whole, idle } = heatmap;
  const counts = samples === undefined ? "…" : `${formatPlural(samples, "sample")} · ${formatShare(samples, whole)}`;
  // Say what is left out: the list counts idle samples, the heatmap does not.
  const all = idle > 0 ? `${formatPlural(whole, "sample")} · ${formatCount(idle)} idle` : formatPlural(whole, "sample");
  return (
    <div className={classes.summary}>
      <div
        role="status"
        data-testid="selection-summary"
        data-start={range?.start}
        data-end={range?.end}
        data-samples={samples}
        data-live={live}
      >
        <strong>
          {range ? `selected ${formatSeconds(range.start)}–${formatSeconds(range.end)} s` : "whole profile"}
        </strong>
        <span className="visually-hidden"> · </span>
        <div title={range || idle === 0 ? undefined : "Idle samples are in no cell and in no flame graph"}>
          {range ? counts : all}
        </div>
      </div>
      <Button
        onClick={clear}
        data-testid="clear-selection"
        style={{ visibility: range && !live ? "visible" : "hidden" }}
        title="Esc"
      >
        Whole profile
      </Button>
    </div>
  );
}

function Readout({ heatmap, at }: { readonly heatmap: Heatmap; readonly at: Tick | undefined }) {
  if (at === undefined) {
    return (
      <p className={classes.readout} data-testid="heatmap-readout">
        drag, or click twice, to select
      </p>
    );
  }
  const { second, millisecond } = timeOf(heatmap, at);
  const count = heatmap.counts[at]!;
  return (
    <p
      className={classes.readout}
      data-testid="heatmap-readout"
      data-second={second}
      data-millisecond={millisecond}
      data-count={count}
    >
      {`${formatCount(second)} s · ${millisecond} ms · ${formatPlural(count, "sample")}`}
    </p>
  );
}
