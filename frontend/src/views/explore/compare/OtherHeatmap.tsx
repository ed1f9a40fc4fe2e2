// The heatmap of the profile that this one is compared with, with a selection of its own.
import { useMemo, useState } from "react";
import { HeatmapCanvas } from "../../../canvas/HeatmapCanvas";
import { OverviewCanvas } from "../../../canvas/OverviewCanvas";
import type { MarkedRange } from "../../../canvas/paintSelection";
import { formatPlural } from "../../../lib/format";
import { tickCount, type Heatmap } from "../../../model/heatmap/heatmap";
import { LONG } from "../../../model/heatmap/heatmapView";
import { isLow } from "../../../model/heatmap/plotHeight";
import type { ChangeExplorer, ChangeHow } from "../../../state/useExplorer";
import type { ExplorerState, TimeRange } from "../../../types/explorer";
import type { Scheme } from "../../../types/scheme";
import type { Tick } from "../../../types/units";
import { Loading } from "../../Loading";
import { ErrorNotice } from "../../Notice";
import { CountLegend } from "../heatmap/CountLegend";
import { heatmapKey } from "../heatmap/heatmapKeys";
import type { HeatmapSource } from "../heatmap/HeatmapPanel";
import { MarksLegend, PictureNote, Readout, Summary } from "../heatmap/HeatmapSide";
import { useHeatmapPicture } from "../heatmap/useHeatmapPicture";
import { useLiveWindow } from "../heatmap/useLiveWindow";
import { useSamples } from "../heatmap/useSamples";
import { useDragged, type Selection } from "../useSelection";
import classes from "../explore.module.css";

interface OtherHeatmapProps {
  readonly query: { readonly error: Error | null; readonly refetch: () => unknown };
  readonly heatmap: Heatmap | undefined;
  readonly source: HeatmapSource;
  readonly selection: Selection;
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
  readonly scheme: Scheme;
  /** CSS pixels that the plot should be high. */
  readonly plot: number;
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

interface OtherPanelProps extends OtherHeatmapProps {
  readonly heatmap: Heatmap;
  readonly name: string;
}

function OtherPanel({ heatmap, name, source, state, change, scheme, plot, ...props }: OtherPanelProps) {
  const selection = useDragged(props.selection);
  const { compare } = state;
  const [hovered, setHovered] = useState<Tick>();
  const show = (next: TimeRange | undefined, how: ChangeHow) => {
    if (compare) change({ compare: { ...compare, window: next } }, how);
  };
  const { window, move } = useLiveWindow(compare?.window, (next) => show(next, "gesture"));
  const { ticks, range } = selection;
  const ranges = useMemo((): MarkedRange[] => (ticks ? [{ ticks, label: "B" }] : []), [ticks]);
  const picture = useHeatmapPicture({ heatmap, ...source, window, how: state.merge, plot });
  const { layout, cells } = picture;
  const samples = useSamples(source.request, picture, selection);
  const shown = hovered !== undefined && hovered < tickCount(heatmap) ? hovered : undefined;
  return (
    <section className={classes.heatmapPanel} aria-label={`When, in ${name}`}>
      <div>
        {(heatmap.columns >= LONG || window !== undefined) && (
          <OverviewCanvas
            heatmap={heatmap}
            window={window}
            selection={range}
            scheme={scheme}
            onWindow={move}
            testId="compare-overview"
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
          side="B"
          hovered={shown}
          description={`${name}, samples by time: ${heatmap.columns} seconds, ${formatPlural(heatmap.samples, "sample")}`}
          testId="compare-heatmap"
          onPreview={selection.preview}
          onSelect={selection.select}
          onHover={setHovered}
          onWindow={move}
          onKeyDown={(event) => {
            // Without a selection here, Escape means the page.
            if (event.key === "Escape" && !range) return;
            const onWindow = (next: TimeRange | undefined) => show(next, "push");
            const keys = { heatmap, selection, view: layout.view, window, onWindow, onEscape: selection.clear };
            if (heatmapKey(event, keys)) event.stopPropagation();
          }}
        />
      </div>
      <aside className={classes.side} data-low={isLow(plot)}>
        <p className={classes.otherName} title={name} data-testid="compare-file">
          <bdi>{name}</bdi>
        </p>
        <Summary
          selection={selection}
          samples={ticks ? samples : heatmap.samples}
          heatmap={heatmap}
          label="B"
          withIdle={state.idle}
          unit={state.weight === "samples" ? "samples" : "periods"}
        />
        <Readout heatmap={heatmap} at={shown} cells={cells} view={layout.view} how={state.merge} />
        <CountLegend
          maximum={cells.maximum}
          merge={layout.view.merge}
          how={state.merge}
          palette={state.palette}
          scheme={scheme}
          testId="compare-legend"
        />
        {picture.marked !== undefined && <MarksLegend layout={layout} />}
        <PictureNote picture={picture} />
      </aside>
    </section>
  );
}
