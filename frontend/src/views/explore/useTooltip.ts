import { useLayoutEffect, useRef, useState, type ComponentProps } from "react";
import { placeTooltip, type Point } from "../../model/placement";
import classes from "./explore.module.css";

/** The box under the pointer, or a number of merged ones, at a point of the window in pixels. */
interface Hovered {
  readonly node: number;
  readonly merged: number;
  readonly x: number;
  readonly y: number;
}

/** Place a tooltip beside the pointer and inside the window, before it is painted. */
export function useTooltip({ node, merged, x, y }: Hovered): ComponentProps<"div"> {
  const ref = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<Point>({ x: 0, y: 0 });
  useLayoutEffect(() => {
    const box = ref.current?.getBoundingClientRect();
    if (box) setPlace(placeTooltip({ x, y }, box, { width: window.innerWidth, height: window.innerHeight }));
  }, [node, merged, x, y]);
  const style = { transform: `translate(${place.x}px, ${place.y}px)` };
  return { ref, style, className: classes.tooltip, role: "tooltip", "aria-live": "polite" };
}
