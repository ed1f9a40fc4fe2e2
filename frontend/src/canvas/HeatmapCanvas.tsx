// The heatmap: takes a heatmap, what of it to show and the selections, gives the range that is being
// dragged, the range that was selected, the cell under the pointer, and another window to show. Test
// attributes tell where the cells are.
import { useEffect, useMemo, useRef, type KeyboardEvent } from "react";
import type { Heatmap } from "../model/heatmap";
import { layoutHeatmap, LOW_PLOT_HEIGHT } from "../model/heatmapLayout";
import { shownCells, type ShownCells } from "../model/heatmapView";
import type { TickRange } from "../model/selection";
import type { Merge, Palette, TimeRange } from "../types/explorer";
import type { Scheme } from "../types/scheme";
import { px, type Tick } from "../types/units";
import classes from "./canvas.module.css";
import { paintCells } from "./paintHeatmap";
import { paintOverlay, type MarkedRange } from "./paintSelection";
import { useHeatmapGesture, type Side } from "./useHeatmapGesture";
import { useHeatmapWheel } from "./useHeatmapWheel";
import { contextOf, usePixelRatio, useSize } from "./useSize";

export interface HeatmapCanvasProps {
  readonly heatmap: Heatmap;
  /** Samples of each tick that match the search. */
  readonly matches: Float64Array | undefined;
  readonly window: TimeRange | undefined;
  readonly merge: Merge;
  readonly palette: Palette;
  readonly scheme: Scheme;
  readonly ranges: readonly MarkedRange[];
  /** The selection that a plain drag makes; with Ctrl it makes the other one. */
  readonly side: Side;
  readonly hovered: Tick | undefined;
  readonly description: string;
  readonly testId?: string;
  /** Two heatmaps share the screen. */
  readonly low?: boolean;
  readonly onPreview: (range: TickRange | undefined, side: Side) => void;
  readonly onSelect: (range: TickRange, side: Side) => void;
  readonly onHover: (at: Tick | undefined) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onWindow: (window: TimeRange | undefined) => void;
  /** What is on the screen, for the legend. */
  readonly onShown?: (shown: ShownCells, merge: number) => void;
}

export function HeatmapCanvas(props: HeatmapCanvasProps) {
  const { heatmap, matches, window, merge, palette, scheme, ranges, hovered, onShown } = props;
  const frame = useRef<HTMLDivElement>(null);
  const cellCanvas = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const { width } = useSize(frame);
  const ratio = usePixelRatio();
  const plotHeight = props.low ? LOW_PLOT_HEIGHT : undefined;
  const layout = useMemo(
    () => layoutHeatmap(heatmap, px(width), window, plotHeight),
    [heatmap, width, window, plotHeight],
  );
  const cells = useMemo(() => shownCells(heatmap, layout.view, merge, matches), [heatmap, layout.view, merge, matches]);
  const { view } = layout;

  useEffect(() => {
    const context = cellCanvas.current && width > 0 && contextOf(cellCanvas.current, layout, ratio);
    if (context) paintCells(context, cells, layout, { palette, scheme });
  }, [cells, layout, palette, scheme, ratio, width]);
  useEffect(() => {
    const context = overlay.current && width > 0 && contextOf(overlay.current, layout, ratio);
    if (context) paintOverlay(context, heatmap, layout, scheme, ranges, hovered);
  }, [heatmap, layout, scheme, ratio, width, ranges, hovered]);
  useEffect(() => {
    if (width > 0) onShown?.(cells, view.merge);
  }, [onShown, cells, view.merge, width]);

  const handlers = useHeatmapGesture(props, layout);
  useHeatmapWheel(overlay, heatmap.columns, window, layout, props.onWindow);
  const style = { width: layout.width, height: layout.height };
  return (
    <div ref={frame} className={classes.heatmap} style={{ height: layout.height }}>
      <canvas ref={cellCanvas} style={style} aria-hidden />
      <canvas
        ref={overlay}
        className={classes.overlay}
        style={style}
        tabIndex={0}
        role="application"
        aria-roledescription="heatmap"
        aria-label={props.description}
        aria-describedby="heatmap-keys"
        data-testid={props.testId ?? "heatmap"}
        data-columns={heatmap.columns}
        data-rows={heatmap.rows}
        data-maxvalue={heatmap.maximum}
        data-samples={heatmap.samples}
        data-palette={palette}
        data-plot-left={layout.plotLeft}
        data-plot-top={layout.plotTop}
        data-plot-width={layout.plotWidth}
        data-plot-height={layout.plotHeight}
        data-cell-width={layout.cellWidth}
        data-cell-height={layout.cellHeight}
        data-from={view.from}
        data-seconds={view.seconds}
        data-merge={view.merge}
        data-marked={matches?.reduce((marked, count) => marked + (count > 0 ? 1 : 0), 0)}
        {...handlers}
      />
    </div>
  );
}
