// The pictures of the lanes on the screen, on one canvas: for each a sparkline and a small heatmap.
import { useEffect, useRef, type PointerEvent } from "react";
import type { HeatmapLayout } from "../model/heatmap/layout/heatmapLayout";
import { LANE } from "../model/lanes/laneLayout";
import type { Palette } from "../types/explorer";
import type { Scheme } from "../types/scheme";
import classes from "./canvas.module.css";
import { paintLanes, type PaintedLane } from "./painting/paintLanes";
import { contextOf, usePixelRatio } from "./useSize";

interface LanesCanvasProps {
  readonly layout: HeatmapLayout;
  /** CSS pixels of the part that is shown, and how far it is scrolled. */
  readonly height: number;
  readonly scrolled: number;
  readonly lanes: readonly PaintedLane[];
  /** Samples of the fullest cell and of the fullest column of all lanes: they share a scale. */
  readonly maximum: number;
  readonly highest: number;
  readonly palette: Palette;
  readonly scheme: Scheme;
  readonly onPress: (event: PointerEvent<HTMLCanvasElement>) => void;
  readonly onMove: (event: PointerEvent<HTMLCanvasElement>) => void;
  readonly onRelease: (event: PointerEvent<HTMLCanvasElement>) => void;
  readonly onCancel: () => void;
}

export function LanesCanvas(props: LanesCanvasProps) {
  const { layout, height, scrolled, lanes, maximum, highest, palette, scheme } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const ratio = usePixelRatio();
  const { width } = layout;
  useEffect(() => {
    const context = canvas.current && width > 1 && height > 0 && contextOf(canvas.current, { width, height }, ratio);
    if (context) paintLanes(context, lanes, layout, { scrolled, maximum, highest, palette, scheme });
  }, [layout, height, scrolled, lanes, maximum, highest, palette, scheme, ratio, width]);
  return (
    <canvas
      ref={canvas}
      className={classes.lanes}
      style={{ width, height }}
      aria-hidden
      data-testid="lanes-canvas"
      data-plot-left={layout.plotLeft}
      data-cell-width={layout.cellWidth}
      data-lane-height={LANE.height}
      data-scrolled={scrolled}
      data-maximum={maximum}
      onPointerDown={props.onPress}
      onPointerMove={props.onMove}
      onPointerUp={props.onRelease}
      onPointerCancel={props.onCancel}
    />
  );
}
