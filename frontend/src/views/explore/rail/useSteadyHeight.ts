// A part of the column keeps the room that it once took, so that a click on what is below it does not move it away.
import { useLayoutEffect, useRef, type RefObject } from "react";

/** @param key the room is given back when it changes */
export function useSteadyHeight<Part extends HTMLElement>(key: string): RefObject<Part | null> {
  const part = useRef<Part>(null);
  const room = useRef({ key, height: 0 });
  // With every rendering: that is when the content changes.
  useLayoutEffect(() => {
    const element = part.current;
    if (!element) return;
    if (room.current.key !== key) {
      room.current = { key, height: 0 };
      element.style.minHeight = "";
    }
    const height = element.offsetHeight;
    if (height <= room.current.height) return;
    room.current.height = height;
    element.style.minHeight = `${height}px`;
  });
  return part;
}
