// The pointer on the heatmap: a drag or two clicks select, handles move one end of a selection, and
// with Ctrl (or Command) it is the other side of a comparison. Two fingers zoom and pan.
import { useRef, type KeyboardEvent, type PointerEvent } from "react";
import { gestureStep, IDLE, type Gesture, type GestureEvent } from "../../model/heatmap/selection/gesture";
import type { Heatmap } from "../../model/heatmap/heatmap";
import { isInPlot, secondUnder, tickUnder, type HeatmapLayout } from "../../model/heatmap/layout/heatmapLayout";
import { pinched, snappedToColumns, windowOfSpan } from "../../model/heatmap/heatmapView";
import { grabbed } from "../../model/heatmap/selection/selectionHandles";
import { toTime } from "../../model/heatmap/selection/selection";
import type { TimeRange } from "../../types/explorer";
import type { Tick, TickRange } from "../../types/units";
import { markAsked } from "../presented";
import type { LabelledRange } from "../painting/paintSelection";
import { usePinch, type Fingers } from "./usePinch";

/** A is the selection, B the other side of a comparison. */
export type Side = "A" | "B";

export interface HeatmapGestureProps {
  readonly heatmap: Heatmap;
  readonly ranges: readonly LabelledRange[];
  /** The selection that a plain drag makes; with Ctrl it makes the other one. */
  readonly side: Side;
  readonly onPreview: (range: TickRange | undefined, side: Side) => void;
  readonly onSelect: (range: TickRange, side: Side) => void;
  readonly onHover: (at: Tick | undefined) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onWindow: (window: TimeRange | undefined) => void;
}

export function useHeatmapGesture(props: HeatmapGestureProps, layout: HeatmapLayout) {
  /** Time of the last pointer event that was read. */
  const since = useRef(0);
  const gesture = useRef<Gesture>(IDLE);
  const side = useRef<Side>("A");
  const pinch = usePinch();
  /** The seconds that two fingers came down on. */
  const held = useRef<readonly [number, number]>([0, 0]);
  const { heatmap, ranges, onPreview, onSelect, onHover, onWindow, onKeyDown } = props;

  function play(event: GestureEvent): void {
    const step = gestureStep(gesture.current, event);
    gesture.current = step.next;
    const range = step.selected ?? step.preview;
    if (!range) return;
    const asked = snapped(range);
    markAsked(since.current, { ...toTime(asked, heatmap) });
    if (step.selected) onSelect(asked, side.current);
    else onPreview(asked, side.current);
  }
  function snapped(range: TickRange): TickRange {
    return snappedToColumns(range, heatmap, layout.view.merge);
  }
  function cancel(): void {
    if (gesture.current.kind === "idle") return;
    play({ kind: "cancel" });
    onPreview(undefined, side.current);
  }
  function tickOf({ nativeEvent: { offsetX, offsetY }, timeStamp }: PointerEvent): Tick {
    since.current = timeStamp;
    return tickUnder(heatmap, layout, offsetX, offsetY);
  }
  function handleUnder({ nativeEvent: { offsetX, offsetY } }: PointerEvent) {
    for (const { ticks, label } of ranges) {
      const anchor = grabbed(ticks, heatmap, layout, offsetX, offsetY);
      if (anchor !== undefined) return { anchor, side: label === "B" ? ("B" as const) : ("A" as const) };
    }
    return undefined;
  }
  function pinchBegan([one, other]: Fingers): void {
    cancel();
    onHover(undefined);
    held.current = [secondUnder(layout, one.x), secondUnder(layout, other.x)];
  }
  function pinchMoved([one, other]: Fingers): void {
    const { plotLeft, plotWidth } = layout;
    const places = [(one.x - plotLeft) / plotWidth, (other.x - plotLeft) / plotWidth] as const;
    const span = pinched(held.current, places, heatmap.seconds);
    if (span) onWindow(windowOfSpan(span, heatmap.seconds));
  }
  return {
    onPointerDown(event: PointerEvent<HTMLCanvasElement>) {
      if (pinch.down(event, pinchBegan)) return;
      if (event.button !== 0 || heatmap.columns === 0) return;
      const { offsetX, offsetY } = event.nativeEvent;
      const idle = gesture.current.kind === "idle";
      const handle = idle ? handleUnder(event) : undefined;
      if (idle && !handle && !isInPlot(layout, offsetX, offsetY)) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      if (idle) side.current = handle?.side ?? sideOf(props.side, event.ctrlKey || event.metaKey);
      if (handle) play({ kind: "grab", at: tickOf(event), anchor: handle.anchor });
      else play({ kind: "press", at: tickOf(event) });
    },
    onPointerMove(event: PointerEvent<HTMLCanvasElement>) {
      if (pinch.move(event, pinchMoved)) return;
      const { offsetX, offsetY } = event.nativeEvent;
      const at = tickOf(event);
      const pressed = gesture.current.kind === "pressed";
      onHover(isInPlot(layout, offsetX, offsetY) || pressed ? at : undefined);
      if (!pressed) event.currentTarget.style.cursor = handleUnder(event) ? "ew-resize" : "";
      play({ kind: "move", at });
    },
    onPointerUp(event: PointerEvent) {
      if (pinch.up(event)) return;
      play({ kind: "release", at: tickOf(event) });
    },
    onPointerLeave() {
      if (gesture.current.kind !== "pressed") onHover(undefined);
    },
    onPointerCancel(event: PointerEvent) {
      if (!pinch.up(event)) cancel();
    },
    onContextMenu(event: { preventDefault: () => void; ctrlKey: boolean }) {
      // On a Mac, Ctrl + button opens a menu.
      if (event.ctrlKey) event.preventDefault();
    },
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

function sideOf(usual: Side, other: boolean): Side {
  if (!other) return usual;
  return usual === "A" ? "B" : "A";
}
