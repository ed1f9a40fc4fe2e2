// The heatmap of the profile that this one is compared with, with a selection of its own.
import { useMemo, useState } from "react";
import { HeatmapCanvas } from "../../canvas/HeatmapCanvas";
import type { MarkedRange } from "../../canvas/paintSelection";
import { formatPlural } from "../../lib/format";
import { tickCount, type Heatmap } from "../../model/heatmap";
import type { ExplorerState, TimeRange } from "../../types/explorer";
import type { Scheme } from "../../types/scheme";
import type { Tick } from "../../types/units";
import { Loading } from "../Loading";
import { ErrorNotice } from "../Notice";
import type { HeatmapSource } from "./HeatmapPanel";
import { Readout, Summary } from "./HeatmapSide";
import { useHeatmapPicture } from "./useHeatmapPicture";
import type { Selection } from "./useSelection";
import classes from "./explore.module.css";

interface OtherHeatmapProps {
  readonly query: { readonly error: Error | null; readonly refetch: () => unknown };
  readonly heatmap: Heatmap | undefined;
  readonly source: HeatmapSource;
  readonly selection: Selection;
  readonly state: ExplorerState;
  readonly scheme: Scheme;
}

export function OtherHeatmap(props: OtherHeatmapProps) {
  const { query, heatmap, state } = props;
  const name = state.compare?.file ?? "";
  if (query.error) {
    return <ErrorNotice title={`No heatmap of ${name}`} error={query.error} retry={() => void query.refetch()} />;
  }
  if (!heatmap) return <Loading label={`Reading ${name}`} />;
  return <OtherPanel {...props} heatmap={heatmap} name={name} />;
}

function OtherPanel({ heatmap, name, source, selection, state, scheme }: OtherHeatmapProps & { readonly heatmap: Heatmap; readonly name: string }) {
  const [hovered, setHovered] = useState<Tick>();
  const [window, setWindow] = useState<TimeRange>();
  const { ticks } = selection;
  const ranges = useMemo((): MarkedRange[] => (ticks ? [{ ticks, label: "B" }] : []), [ticks]);
  const picture = useHeatmapPicture({ heatmap, ...source, window, how: state.merge, low: true });
  const { layout, cells } = picture;
  const shown = hovered !== undefined && hovered < tickCount(heatmap) ? hovered : undefined;
  return (
    <section className={classes.heatmapPanel} aria-label={`When, in ${name}`}>
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
        side="B"
        hovered={shown}
        description={`${name}, samples by time: ${heatmap.columns} seconds, ${formatPlural(heatmap.samples, "sample")}`}
        testId="compare-heatmap"
        onPreview={selection.preview}
        onSelect={selection.select}
        onHover={setHovered}
        onWindow={setWindow}
        onKeyDown={(event) => {
          if (event.ctrlKey || event.metaKey || event.altKey) return;
          if (event.key === "Escape" && selection.range) selection.clear();
          else if (!selection.arrow(event.key, event.shiftKey, layout.view)) return;
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
          samples={ticks ? picture.samplesIn(ticks) : heatmap.samples}
          heatmap={heatmap}
          label="B"
          withIdle={state.idle}
          unit={state.weight === "samples" ? "samples" : "periods"}
        />
        <Readout heatmap={heatmap} at={shown} cells={cells} view={layout.view} how={state.merge} />
      </aside>
    </section>
  );
}
