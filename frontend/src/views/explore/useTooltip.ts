import { useLayoutEffect, useRef, useState, type CSSProperties, type RefObject } from "react";
import { placeTooltip, type Point } from "../../model/placement";

/** The box under the pointer, or a number of merged ones, at a point of the window in pixels. */
interface Hovered {
  readonly node: number;
  readonly merged: number;
  readonly x: number;
  readonly y: number;
}

/** Place a tooltip beside the pointer and inside the window, before it is painted. */
export function useTooltip({ node, merged, x, y }: Hovered): {
  readonly ref: RefObject<HTMLDivElement | null>;
  readonly style: CSSProperties;
} {
  const ref = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<Point>({ x: 0, y: 0 });
  useLayoutEffect(() => {
    const box = ref.current?.getBoundingClientRect();
    if (box) setPlace(placeTooltip({ x, y }, box, { width: window.innerWidth, height: window.innerHeight }));
  }, [node, merged, x, y]);
  return { ref, style: { transform: `translate(${place.x}px, ${place.y}px)` } };
}
