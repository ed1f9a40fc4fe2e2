// A layer of marks over a heatmap or the lanes. It takes no pointer.
import { useEffect, useRef } from "react";
import type { HeatmapLayout } from "../model/heatmap/layout/heatmapLayout";
import type { Mark } from "../model/marks/marks";
import type { Scheme } from "../types/scheme";
import classes from "./canvas.module.css";
import { paintMarks } from "./painting/paintMarks";
import { contextOf, usePixelRatio } from "./useSize";

interface MarksCanvasProps {
  readonly layout: HeatmapLayout;
  readonly marks: readonly Mark[];
  readonly scheme: Scheme;
  /** CSS pixels of the layer, and of the part that lines cross. */
  readonly height: number;
  readonly top: number;
  readonly lines: number;
  readonly heads: boolean;
}

export function MarksCanvas({ layout, marks, scheme, height, top, lines, heads }: MarksCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const ratio = usePixelRatio();
  const { width } = layout;
  useEffect(() => {
    const context = canvas.current && width > 1 && height > 0 && contextOf(canvas.current, { width, height }, ratio);
    if (context) paintMarks(context, marks, layout, scheme, { top, height: lines, heads });
  }, [layout, marks, scheme, height, top, lines, heads, ratio, width]);
  if (marks.length === 0) return null;
  return <canvas ref={canvas} className={classes.markLayer} style={{ width, height }} aria-hidden data-testid="marks-layer" data-marks={marks.length} />;
}
