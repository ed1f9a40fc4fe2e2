// Pointer and wheel on a stack chart. A drag along the axis, with Shift, or while all is shown, chooses a range to go to.
// Any other drag moves along the time and through the threads. The wheel with Ctrl (and a pinch of a touchpad) goes closer
// around the pointer, sideways or with Shift it moves along. Without, it scrolls.
import { useEffect, useEffectEvent, useRef, type PointerEvent, type RefObject } from "react";
import { clamp } from "../../lib/numbers";
import type { Span } from "../../model/flame/layout/flameLayout";
import { along, closer, isWhole } from "../../model/timeline/timeWindow";

const ZOOM_PER_PIXEL = 0.004;
const LINE = 16;
/** A press that moves less is a click. */
const SLOP = 4;

interface TimelineGestureOptions {
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly whole: number;
  readonly width: number;
  readonly span: RefObject<Span>;
  readonly show: (span: Span, moving?: boolean) => void;
  /** The range that a drag chooses, in pixels of the canvas; undefined when it ends. */
  readonly onRange: (range: readonly [from: number, to: number] | undefined) => void;
}

interface Press {
  readonly x: number;
  readonly y: number;
  readonly from: number;
  readonly top: number;
  /** Where a range begins, in pixels of the canvas; undefined for a drag that moves along. */
  readonly range: number | undefined;
  moved: boolean;
}

export function useTimelineGesture({ canvas, scroller, whole, width, span, show, onRange }: TimelineGestureOptions) {
  const turned = useEffectEvent((event: WheelEvent) => {
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
    const [x, y] = [event.deltaX * unit, event.deltaY * unit];
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      show(closer(whole, span.current, Math.exp(-y * ZOOM_PER_PIXEL), event.offsetX / Math.max(width, 1)));
      return;
    }
    const sideways = event.shiftKey && x === 0 ? y : x;
    if (sideways === 0 || isWhole(whole, span.current)) return;
    event.preventDefault();
    show(along(whole, span.current, sideways / Math.max(width, 1)));
  });
  useEffect(() => {
    const element = canvas.current;
    const listener = (event: WheelEvent) => turned(event);
    element?.addEventListener("wheel", listener, { passive: false });
    return () => element?.removeEventListener("wheel", listener);
  }, [canvas]);

  const press = useRef<Press>(undefined);
  const placeOf = ({ clientX, currentTarget }: PointerEvent) => clamp(clientX - currentTarget.getBoundingClientRect().left, 0, width);
  return {
    began: (event: PointerEvent, onAxis = false) => {
      if (event.button !== 0 || event.pointerType === "touch") return;
      const chooses = onAxis || event.shiftKey || isWhole(whole, span.current);
      press.current = {
        ...{ x: event.clientX, y: event.clientY, from: span.current.from, top: scroller.current?.scrollTop ?? 0, moved: false },
        range: chooses ? placeOf(event) : undefined,
      };
    },
    /** Return true while it drags. */
    moved: (event: PointerEvent): boolean => {
      const { current } = press;
      if (!current) return false;
      const [x, y] = [event.clientX - current.x, event.clientY - current.y];
      if (!current.moved && Math.hypot(x, y) < SLOP) return false;
      if (!current.moved) event.currentTarget.setPointerCapture(event.pointerId);
      current.moved = true;
      if (current.range !== undefined) {
        onRange([current.range, placeOf(event)]);
        return true;
      }
      const { samples } = span.current;
      show({ from: current.from - (x / Math.max(width, 1)) * samples, samples });
      scroller.current?.scrollTo({ top: current.top - y });
      return true;
    },
    /** Return true if it was a drag, and no click. */
    ended: (event: PointerEvent): boolean => {
      const { moved = false, range } = press.current ?? {};
      press.current = undefined;
      if (!moved || range === undefined) return moved;
      onRange(undefined);
      const [left, right] = [range, placeOf(event)].sort((a, b) => a - b) as [number, number];
      const { from, samples } = span.current;
      if (event.type === "pointerup" && right - left >= SLOP) show({ from: from + (left / width) * samples, samples: ((right - left) / width) * samples }, true);
      return true;
    },
  };
}
