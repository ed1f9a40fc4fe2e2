// Wheel and pinch on the heatmap: closer and farther around the pointer; sideways, or with Shift, along
// the time. A pinch on a touchpad arrives as a wheel with Ctrl. The wheel of a short profile that is
// all on the screen is left to the page.
import { useEffect, useRef, type RefObject } from "react";
import { SECOND } from "../../lib/columnLength";
import { secondUnder, type HeatmapLayout } from "../../model/heatmap/layout/heatmapLayout";
import { LONG, panned, spanOf, windowOfSpan, zoomed, type Span } from "../../model/heatmap/heatmapView";
import { sameRange } from "../../model/heatmap/selection/selection";
import type { TimeRange } from "../../types/explorer";

const LINE = 16;
const ZOOM_PER_PIXEL = 0.0022;

export function useHeatmapWheel(
  canvas: RefObject<HTMLCanvasElement | null>,
  seconds: number,
  window: TimeRange | undefined,
  layout: HeatmapLayout,
  onWindow: (window: TimeRange | undefined) => void,
): void {
  const latest = useRef({ seconds, window, layout, onWindow });
  // The span so far, not rounded to seconds: a slow wheel would never leave the first one.
  const exact = useRef<Span>(undefined);
  useEffect(() => {
    latest.current = { seconds, window, layout, onWindow };
  });
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const turned = (event: WheelEvent) => {
      const now = latest.current;
      const { view, cellWidth, columnMs } = now.layout;
      const pinched = event.ctrlKey || event.metaKey;
      if (!pinched && now.window === undefined && now.seconds < LONG) return;
      event.preventDefault();
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
      const sideways = event.shiftKey ? event.deltaX || event.deltaY : event.deltaX;
      const known = exact.current;
      const from = known && sameRange(windowOfSpan(known, now.seconds), now.window) ? known : spanOf(now.window, now.seconds);
      const along = !pinched && (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY));
      const factor = Math.exp(event.deltaY * unit * ZOOM_PER_PIXEL * (pinched ? 3 : 1));
      const span = along
        ? panned(from, now.seconds, ((sideways * unit) / cellWidth) * view.merge * (columnMs / SECOND))
        : zoomed(from, now.seconds, secondUnder(now.layout, event.offsetX), factor);
      exact.current = span;
      const next = windowOfSpan(span, now.seconds);
      // The next turn of the wheel may come before the page has drawn this one.
      latest.current = { ...now, window: next };
      now.onWindow(next);
    };
    // React's own wheel listeners are passive and cannot keep the page from scrolling.
    element.addEventListener("wheel", turned, { passive: false });
    return () => element.removeEventListener("wheel", turned);
  }, [canvas]);
}
