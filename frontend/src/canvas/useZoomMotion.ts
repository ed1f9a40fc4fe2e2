// From one zoom to the next in a fifth of a second, so that the eye can follow; at once where the
// system asks for less motion, and where another tree came with another zoom.
import { useLayoutEffect, useRef, type RefObject } from "react";
import { spanBetween, spanOf, type Span } from "../model/flame/flameLayout";
import type { FlameTree } from "../model/flame/flameTree";
import type { NodeId } from "../types/units";

const DURATION_MS = 180;

interface ZoomMotion {
  readonly tree: FlameTree;
  readonly zoom: NodeId;
  /** Set while the motion lasts, and undefined at rest. */
  readonly span: RefObject<Span | undefined>;
  readonly paint: () => void;
  /** After the last picture. */
  readonly settled: () => void;
}

export function useZoomMotion({ tree, zoom, span, paint, settled }: ZoomMotion): void {
  const last = useRef({ tree, zoom });
  const latest = useRef(paint);
  const atRest = useRef(settled);
  // Before the browser shows the frame, or each picture would be a frame late.
  useLayoutEffect(() => {
    atRest.current = settled;
  });
  useLayoutEffect(() => {
    latest.current = paint;
    const from = last.current;
    last.current = { tree, zoom };
    if (from.tree !== tree || from.zoom === zoom || isStill()) {
      if (from.tree !== tree) span.current = undefined;
      paint();
      atRest.current();
      return;
    }
    const start = span.current ?? spanOf(tree, from.zoom);
    const end = spanOf(tree, zoom);
    const began = performance.now();
    let frame = requestAnimationFrame(function step(now) {
      const share = Math.min(Math.max((now - began) / DURATION_MS, 0), 1);
      // Fast at first, then settling.
      span.current = share < 1 ? spanBetween(start, end, 1 - (1 - share) ** 3) : undefined;
      latest.current();
      if (share < 1) frame = requestAnimationFrame(step);
      else atRest.current();
    });
    return () => {
      cancelAnimationFrame(frame);
      span.current = undefined;
    };
  }, [tree, zoom, span, paint]);
}

function isStill(): boolean {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}
