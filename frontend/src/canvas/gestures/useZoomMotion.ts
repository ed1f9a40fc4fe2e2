// Moves from one zoom to the next in a fifth of a second, so that the eye can follow. The change is immediate
// where the system asks for less motion, and where another tree came with another zoom.
import { useReducedMotion } from "@mantine/hooks";
import { useEffectEvent, useLayoutEffect, useRef, type RefObject } from "react";
import { spanBetween, spanOf, type Span } from "../../model/flame/layout/flameLayout";
import type { FlameTree } from "../../model/flame/flameTree";
import type { NodeId } from "../../types/units";

const DURATION_MS = 180;

interface ZoomMotion {
  readonly tree: FlameTree;
  readonly zoom: NodeId;
  /** The span to show instead of the zoomed frame's own. Set while a motion lasts, undefined at rest. */
  readonly span: RefObject<Span | undefined>;
  /** Called after each change of the span. */
  readonly onFrame: () => void;
}

export function useZoomMotion({ tree, zoom, span: spanRef, onFrame }: ZoomMotion): void {
  const last = useRef({ tree, zoom });
  const still = useReducedMotion();
  const showFrame = useEffectEvent(onFrame);
  useLayoutEffect(() => {
    const from = last.current;
    last.current = { tree, zoom };
    if (from.tree !== tree || from.zoom === zoom || still) {
      spanRef.current = undefined;
      return;
    }
    // Another zoom may come during a motion.
    const start = spanRef.current ?? spanOf(tree, from.zoom);
    const end = spanOf(tree, zoom);
    spanRef.current = start;
    const began = performance.now();
    let frame = requestAnimationFrame(function step(now) {
      const share = Math.min(Math.max((now - began) / DURATION_MS, 0), 1);
      // Fast at first, then settling.
      spanRef.current = share < 1 ? spanBetween(start, end, 1 - (1 - share) ** 3) : undefined;
      showFrame();
      if (share < 1) frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [tree, zoom, spanRef, still]);
}
