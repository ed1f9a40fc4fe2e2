// The heatmap: takes a heatmap and a selection, gives the range that is being dragged, the range that
// was selected, and the cell under the pointer. Test attributes tell where the cells are.
import { useEffect, useMemo, useRef, type KeyboardEvent, type PointerEvent } from "react";
import { gestureStep, IDLE, type Gesture, type GestureEvent } from "../model/gesture";
import type { Heatmap } from "../model/heatmap";
import { isInPlot, layoutHeatmap, tickUnder } from "../model/heatmapLayout";
import type { TickRange } from "../model/selection";
import type { Palette } from "../types/explorer";
import type { Scheme } from "../types/scheme";
import { px, type Tick } from "../types/units";
import classes from "./canvas.module.css";
import { paintCells, paintOverlay } from "./paintHeatmap";
import { contextOf, usePixelRatio, useSize } from "./useSize";

interface HeatmapCanvasProps {
  readonly heatmap: Heatmap;
  readonly palette: Palette;
  readonly scheme: Scheme;
  readonly selection: TickRange | undefined;
  readonly hovered: Tick | undefined;
  readonly description: string;
  readonly onPreview: (range: TickRange | undefined) => void;
  readonly onSelect: (range: TickRange) => void;
  readonly onHover: (at: Tick | undefined) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

export function HeatmapCanvas(props: HeatmapCanvasProps) {
  const { heatmap, palette, scheme, selection, hovered } = props;
  const frame = useRef<HTMLDivElement>(null);
  const cells = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const { width } = useSize(frame);
  const ratio = usePixelRatio();
  const layout = useMemo(() => layoutHeatmap(heatmap, px(width)), [heatmap, width]);

  useEffect(() => {
    const context = cells.current && width > 0 && contextOf(cells.current, layout, ratio);
    if (context) paintCells(context, heatmap, layout, palette, scheme);
  }, [heatmap, layout, palette, scheme, ratio, width]);
  useEffect(() => {
    const context = overlay.current && width > 0 && contextOf(overlay.current, layout, ratio);
    if (context) paintOverlay(context, heatmap, layout, scheme, selection, hovered);
  }, [heatmap, layout, scheme, ratio, width, selection, hovered]);

  const handlers = useGesture(props, layout);
  const style = { width: layout.width, height: layout.height };
  return (
    <div ref={frame} className={classes.heatmap} style={{ height: layout.height }}>
      <canvas ref={cells} style={style} aria-hidden />
      <canvas
        ref={overlay}
        className={classes.overlay}
        style={style}
        tabIndex={0}
        role="application"
        aria-roledescription="heatmap"
        aria-label={props.description}
        aria-describedby="heatmap-keys"
        data-testid="heatmap"
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
        {...handlers}
      />
    </div>
  );
}

function useGesture(props: HeatmapCanvasProps, layout: ReturnType<typeof layoutHeatmap>) {
  const gesture = useRef<Gesture>(IDLE);
  const { heatmap, onPreview, onSelect, onHover, onKeyDown } = props;

  function play(event: GestureEvent): void {
    const step = gestureStep(gesture.current, event);
    gesture.current = step.next;
    if (step.selected) onSelect(step.selected);
    else if (step.preview) onPreview(step.preview);
  }
  function cancel(): void {
    if (gesture.current.kind === "idle") return;
    play({ kind: "cancel" });
    onPreview(undefined);
  }
  function tickOf({ nativeEvent: { offsetX, offsetY } }: PointerEvent): Tick {
    return tickUnder(heatmap, layout, offsetX, offsetY);
  }
  return {
    onPointerDown(event: PointerEvent<HTMLCanvasElement>) {
      const { offsetX, offsetY } = event.nativeEvent;
      if (event.button !== 0 || heatmap.columns === 0) return;
      if (gesture.current.kind === "idle" && !isInPlot(layout, offsetX, offsetY)) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      play({ kind: "press", at: tickOf(event) });
    },
    onPointerMove(event: PointerEvent) {
      const { offsetX, offsetY } = event.nativeEvent;
      const at = tickOf(event);
      onHover(isInPlot(layout, offsetX, offsetY) || gesture.current.kind === "pressed" ? at : undefined);
      play({ kind: "move", at });
    },
    onPointerUp(event: PointerEvent) {
      play({ kind: "release", at: tickOf(event) });
    },
    onPointerLeave() {
      if (gesture.current.kind !== "pressed") onHover(undefined);
    },
    onPointerCancel: cancel,
    onKeyDown(event: KeyboardEvent) {
      if (event.key === "Escape" && gesture.current.kind !== "idle") {
        event.stopPropagation();
        cancel();
        return;
      }
      onKeyDown(event);
    },
  };
}
