// The heatmap's canvas. Takes cells, a layout and selections. Reports the range during a drag, the selected
// range, the cell under the pointer and a new window. Test attributes hold the places of the cells.
import { useEffect, useRef, type RefObject } from "react";
import type { TimeOfDay } from "../lib/timeOfDay";
import type { ShownCells } from "../model/heatmap/heatmapCells";
import { shownSeconds, type HeatmapLayout } from "../model/heatmap/layout/heatmapLayout";
import type { Mark } from "../model/marks/marks";
import type { Heat, Palette, TimeRange } from "../types/explorer";
import type { Scheme } from "../types/scheme";
import type { Tick } from "../types/units";
import classes from "./canvas.module.css";
import { MarksCanvas } from "./MarksCanvas";
import { paintCells } from "./painting/paintHeatmap";
import { HEATMAP_PAINTED, markPresented } from "./presented";
import { paintOverlay, type FoundRanges } from "./painting/paintSelection";
import { useHeatmapGesture, type HeatmapGestureProps } from "./gestures/useHeatmapGesture";
import { useHeatmapWheel } from "./gestures/useHeatmapWheel";
import { contextOf, usePixelRatio } from "./useSize";

export interface HeatmapCanvasProps extends HeatmapGestureProps {
  /** Its width is the layout's. */
  readonly frame: RefObject<HTMLDivElement | null>;
  readonly layout: HeatmapLayout;
  readonly cells: ShownCells;
  /** How many of the whole profile's cells match the search; undefined without one. */
  readonly matching: number | undefined;
  readonly window: TimeRange | undefined;
  readonly palette: Palette;
  readonly scheme: Scheme;
  readonly hovered: Tick | undefined;
  readonly found: FoundRanges;
  /** The meaning of colours, and a colour for each cell if that is not its samples. */
  readonly heat: Heat;
  readonly colours: Uint32Array | undefined;
  readonly timeOfDay: TimeOfDay | undefined;
  readonly marks: readonly Mark[];
  readonly description: string;
  readonly testId?: string;
}

export function HeatmapCanvas(props: HeatmapCanvasProps) {
  const { heatmap, frame, layout, cells, window, palette, scheme, colours, ranges, found, hovered, timeOfDay, marks } = props;
  const cellCanvas = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const ratio = usePixelRatio();
  const { view, width } = layout;
  const shown = shownSeconds(layout);

  useEffect(() => {
    const context = cellCanvas.current && width > 1 && contextOf(cellCanvas.current, layout, ratio);
    if (!context) return;
    paintCells(context, cells, layout, { palette, scheme, colours, timeOfDay });
    markPresented(HEATMAP_PAINTED, { ...view });
  }, [cells, layout, view, palette, scheme, colours, timeOfDay, ratio, width]);
  useEffect(() => {
    const context = overlay.current && width > 1 && contextOf(overlay.current, layout, ratio);
    if (context) paintOverlay(context, heatmap, layout, scheme, ranges, found, hovered);
  }, [heatmap, layout, scheme, ratio, width, ranges, found, hovered]);

  const handlers = useHeatmapGesture(props, layout);
  useHeatmapWheel(overlay, heatmap.seconds, window, layout, props.onWindow);
  const style = { width: layout.width, height: layout.height };
  return (
    <div ref={frame} className={classes.heatmap} style={{ height: layout.height }}>
      <canvas ref={cellCanvas} style={style} aria-hidden />
      <MarksCanvas {...{ layout, marks, scheme }} height={layout.height} top={layout.plotTop} lines={layout.plotHeight} heads />
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
        data-maxvalue={heatmap.whole.peak}
        data-samples={heatmap.samples}
        data-palette={palette}
        data-heat={props.heat}
        data-plot-left={layout.plotLeft}
        data-plot-top={layout.plotTop}
        data-plot-width={layout.plotWidth}
        data-plot-height={layout.plotHeight}
        data-cell-width={layout.cellWidth}
        data-cell-height={layout.cellHeight}
        data-column-ms={layout.columnMs}
        data-from={shown.from}
        data-seconds={shown.to - shown.from}
        data-merge={view.merge}
        data-estimated={cells.estimated}
        data-marked={props.matching}
        data-found={found.length}
        data-zone={timeOfDay?.zone}
        {...handlers}
      />
    </div>
  );
}
