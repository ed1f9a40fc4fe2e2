// A part of the column keeps the room that it once took, so that a click on what is below it does not move it away.
import { useLayoutEffect, useRef, type RefObject } from "react";

/** @param key the room is given back when it changes */
export function useSteadyHeight<Part extends HTMLElement>(key: string): RefObject<Part | null> {
  const part = useRef<Part>(null);
  useLayoutEffect(() => {
    const element = part.current;
    if (!element) return;
    let room = 0;
    element.style.minHeight = "";
    // It reads heights after the browser's own layout: to ask for one in an effect costs a layout with every move of a drag.
    const observer = new ResizeObserver(([entry]) => {
      const height = entry?.borderBoxSize[0]?.blockSize ?? 0;
      if (height <= room) return;
      room = height;
      element.style.minHeight = `${height}px`;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [key]);
  return part;
}
