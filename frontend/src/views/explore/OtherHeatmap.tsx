// The heatmap of the profile that this one is compared with, with a selection of its own.
import { useMemo, useState } from "react";
import { HeatmapCanvas } from "../../canvas/HeatmapCanvas";
import type { MarkedRange } from "../../canvas/paintSelection";
import { formatPlural } from "../../lib/format";
import type { Heatmap } from "../../model/heatmap";
import { samplesIn } from "../../model/selection";
import type { ExplorerState, TimeRange } from "../../types/explorer";
import type { Scheme } from "../../types/scheme";
import type { Tick } from "../../types/units";
import { Loading } from "../Loading";
import { ErrorNotice } from "../Notice";
import { Readout, Summary } from "./HeatmapSide";
import type { Selection } from "./useSelection";
import classes from "./explore.module.css";

interface OtherHeatmapProps {
  readonly query: { readonly error: Error | null; readonly refetch: () => unknown };
  readonly heatmap: Heatmap | undefined;
  readonly selection: Selection;
  readonly state: ExplorerState;
  readonly scheme: Scheme;
}

export function OtherHeatmap({ query, heatmap, selection, state, scheme }: OtherHeatmapProps) {
  const [hovered, setHovered] = useState<Tick>();
  const [window, setWindow] = useState<TimeRange>();
  const { ticks } = selection;
  const ranges = useMemo((): MarkedRange[] => (ticks ? [{ ticks, label: "B" }] : []), [ticks]);
  const name = state.compare?.file ?? "";
  if (query.error) {
    return <ErrorNotice title={`No heatmap of ${name}`} error={query.error} retry={() => void query.refetch()} />;
  }
  if (!heatmap) return <Loading label={`Reading ${name}`} />;
  const shown = hovered !== undefined && hovered < heatmap.counts.length ? hovered : undefined;
  return (
    <section className={classes.heatmapPanel} aria-label={`When, in ${name}`}>
      <HeatmapCanvas
        heatmap={heatmap}
        matches={undefined}
        window={window}
        merge={state.merge}
        palette={state.palette}
        scheme={scheme}
        ranges={ranges}
        side="B"
        hovered={shown}
        description={`${name}, samples by time: ${heatmap.columns} seconds, ${formatPlural(heatmap.samples, "sample")}`}
        testId="compare-heatmap"
        low
        onPreview={selection.preview}
        onSelect={selection.select}
        onHover={setHovered}
        onWindow={setWindow}
        onKeyDown={(event) => {
          if (event.ctrlKey || event.metaKey || event.altKey) return;
          if (event.key === "Escape" && selection.range) selection.clear();
          else if (!selection.arrow(event.key, event.shiftKey)) return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <aside className={classes.side}>
        <p className={classes.otherName} title={name} data-testid="compare-file">
          <bdi>{name}</bdi>
        </p>
        <Summary
          selection={selection}
          samples={ticks ? samplesIn(heatmap, ticks) : heatmap.samples}
          heatmap={heatmap}
          label="B"
          withIdle={state.idle}
          unit={state.weight === "samples" ? "samples" : "periods"}
        />
        <Readout heatmap={heatmap} at={shown} matches={undefined} merge={1} how={state.merge} />
      </aside>
    </section>
  );
}
