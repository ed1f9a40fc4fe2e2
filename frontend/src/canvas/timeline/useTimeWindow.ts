// The shown part of a stack chart. It changes with every frame of a gesture, so it is a ref and not state: the canvas is
// painted again, nothing renders. At rest it is reported, to be kept in the address.
import { useReducedMotion } from "@mantine/hooks";
import { useCallback, useEffect, useLayoutEffect, useRef } from "react";
import { spanBetween, type Span } from "../../model/flame/layout/flameLayout";
import { insideOf, isWhole } from "../../model/timeline/timeWindow";

const MOTION_MS = 180;
const REST_MS = 250;

interface TimeWindowOptions {
  /** Microseconds of the range. */
  readonly whole: number;
  /** The part in the address; undefined: all. */
  readonly shown: Span | undefined;
  readonly onFrame: () => void;
  readonly onRest: (span: Span | undefined) => void;
}

export function useTimeWindow({ whole, shown, onFrame, onRest }: TimeWindowOptions) {
  const wanted = insideOf(whole, shown ?? { from: 0, samples: whole });
  const span = useRef(wanted);
  const frame = useRef(0);
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);
  const still = useReducedMotion();
  const latest = useRef({ onFrame, onRest });
  useLayoutEffect(() => {
    latest.current = { onFrame, onRest };
  });
  const { from, samples } = wanted;
  useLayoutEffect(() => {
    // The window of the address, unless a gesture is ahead of it.
    if (rest.current !== undefined) return;
    cancelAnimationFrame(frame.current);
    span.current = { from, samples };
    latest.current.onFrame();
  }, [from, samples, whole]);
  useEffect(
    () => () => {
      cancelAnimationFrame(frame.current);
      clearTimeout(rest.current);
    },
    [],
  );
  /** @param moving whether to go there in steps that the eye can follow */
  const show = useCallback(
    (next: Span, moving = false) => {
      cancelAnimationFrame(frame.current);
      clearTimeout(rest.current);
      const target = insideOf(whole, next);
      rest.current = setTimeout(() => {
        rest.current = undefined;
        // Where the motion goes: its frames may be late, and what is reported ends it.
        latest.current.onRest(isWhole(whole, target) ? undefined : target);
      }, REST_MS);
      if (!moving || still) {
        span.current = target;
        // Several events of one frame are one picture.
        frame.current = requestAnimationFrame(() => latest.current.onFrame());
        return;
      }
      const start = span.current;
      const began = performance.now();
      frame.current = requestAnimationFrame(function step(now) {
        const share = Math.min(Math.max((now - began) / MOTION_MS, 0), 1);
        span.current = share < 1 ? spanBetween(start, target, 1 - (1 - share) ** 3) : target;
        latest.current.onFrame();
        if (share < 1) frame.current = requestAnimationFrame(step);
      });
    },
    [whole, still],
  );
  return { span, show };
}
