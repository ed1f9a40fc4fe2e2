// The line of busy CPUs above a heatmap, on the same time axis.
import { useEffect, useRef } from "react";
import type { HeatmapLayout } from "../model/heatmap/layout/heatmapLayout";
import type { Scheme } from "../types/scheme";
import classes from "./canvas.module.css";
import { FONT, INK } from "./painting/ink";
import { contextOf, usePixelRatio } from "./useSize";

/** Above the line and below it. */
const PAD = { top: 5, bottom: 3 };
/** Less than that and the labels of both ends would touch. */
const LABELS_APART = 16;

interface BusyCanvasProps {
  /** CSS pixels. */
  readonly height: number;
  readonly layout: HeatmapLayout;
  /** Of each column that is shown; NaN where it is not known. */
  readonly busy: Float64Array;
  /** The upper end of the axis. */
  readonly top: number;
  readonly scheme: Scheme;
  readonly description: string;
}

export function BusyCanvas({ height, layout, busy, top, scheme, description }: BusyCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const ratio = usePixelRatio();
  const { width } = layout;
  useEffect(() => {
    const context = canvas.current && width > 1 && contextOf(canvas.current, { width, height }, ratio);
    if (context) paint(context, height, layout, busy, top, scheme);
  }, [height, layout, busy, top, scheme, ratio, width]);
  return (
    <canvas
      ref={canvas}
      className={classes.busy}
      style={{ width, height }}
      role="img"
      aria-label={description}
      data-testid="busy-line"
      data-top={top}
      data-columns={busy.length}
      data-plot-left={layout.plotLeft}
    />
  );
}

function paint(
  context: CanvasRenderingContext2D,
  height: number,
  layout: HeatmapLayout,
  busy: Float64Array,
  top: number,
  scheme: Scheme,
): void {
  const { plotLeft, cellWidth, plotWidth } = layout;
  const bottom = height - PAD.bottom;
  const yOf = (value: number) => bottom - (value / top) * (bottom - PAD.top);
  const ink = INK[scheme];
  context.fillStyle = ink.line;
  context.fillRect(plotLeft, bottom, plotWidth, 1);
  context.globalAlpha = 0.5;
  context.fillRect(plotLeft, Math.round(PAD.top), plotWidth, 1);
  context.globalAlpha = 1;
  // A step a column, as wide as the cells below it.
  context.beginPath();
  let known = false;
  busy.forEach((value, column) => {
    if (Number.isNaN(value)) {
      known = false;
      return;
    }
    const [x, y] = [plotLeft + column * cellWidth, yOf(value)];
    if (known) context.lineTo(x, y);
    else context.moveTo(x, y);
    context.lineTo(x + cellWidth, y);
    known = true;
  });
  context.strokeStyle = ink.text;
  context.lineWidth = 1.25;
  context.stroke();
  context.fillStyle = ink.dim;
  context.font = `11px ${FONT}`;
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.fillText(String(top), plotLeft - 7, PAD.top + 1);
  if (bottom - PAD.top >= LABELS_APART) context.fillText("0", plotLeft - 7, bottom - 2);
  if (plotLeft > 100) {
    context.textAlign = "left";
    context.fillText("busy CPUs", 8, (PAD.top + bottom) / 2);
  }
}
