// Painting a stack chart: the axis above, names of threads on rows of their own, and the spans as a flame graph's boxes.
import { shortened } from "../../lib/format";
import type { FlameBoxes, Span } from "../../model/flame/layout/flameLayout";
import { axisTicks } from "../../model/timeline/timeWindow";
import type { Timeline } from "../../model/timeline/timelineTree";
import type { Scheme } from "../../types/scheme";
import { FONT, INK } from "../painting/ink";
import { paintFlame, rowTop, type FlameLook, type FlameWindow } from "../painting/paintFlame";

export const AXIS_HEIGHT = 20;
/** Pixels for each label of the axis. */
const LABEL_ROOM = 110;
const PADDING = 6;

interface AxisPicture {
  readonly start: number;
  readonly span: Span;
  readonly width: number;
  readonly scheme: Scheme;
}

export function paintAxis(context: CanvasRenderingContext2D, { start, span, width, scheme }: AxisPicture): void {
  const ink = INK[scheme];
  context.font = `11px ${FONT}`;
  context.textBaseline = "middle";
  for (const { at, label } of axisTicks(start, span, width, LABEL_ROOM)) {
    const x = Math.round(((at - span.from) / span.samples) * width) + 0.5;
    context.fillStyle = ink.line;
    context.fillRect(x, AXIS_HEIGHT - 6, 1, 6);
    context.fillStyle = ink.dim;
    const room = context.measureText(label).width;
    context.fillText(label, Math.min(Math.max(x - room / 2, 0), width - room), AXIS_HEIGHT / 2 - 2);
  }
}

interface TimelinePicture {
  readonly timeline: Timeline;
  readonly boxes: FlameBoxes;
  readonly look: FlameLook;
  readonly shown: FlameWindow;
  readonly span: Span;
  readonly width: number;
}

export function paintTimeline(context: CanvasRenderingContext2D, { timeline, boxes, look, shown, span, width }: TimelinePicture): void {
  const ink = INK[look.scheme];
  context.fillStyle = ink.line;
  context.globalAlpha = 0.5;
  for (const { at } of axisTicks(timeline.tree.range.start, span, width, LABEL_ROOM)) {
    context.fillRect(Math.round(((at - span.from) / span.samples) * width) + 0.5, 0, 1, shown.height);
  }
  context.globalAlpha = 1;
  paintFlame(context, timeline.tree, boxes, look, shown);
  context.font = `600 11px ${FONT}`;
  context.textBaseline = "middle";
  context.fillStyle = ink.dim;
  for (const { row, label } of timeline.threads) {
    const top = rowTop(row, "icicle", shown);
    if (top > -shown.rowHeight && top < shown.height) {
      context.fillText(shortened(label, Math.max(8, Math.floor((width - 2 * PADDING) / 6.5))), PADDING, top + shown.rowHeight / 2);
    }
  }
}
