// The overlay of the heatmap: the selections with their handles and letters, and the cell under the pointer.
// A few rectangles, because all of it is repainted with each move of a drag.
import { css, type Rgb } from "../../lib/colour";
import { cellOf, tickCount, type Heatmap } from "../../model/heatmap/heatmap";
import { xOfColumn, type HeatmapLayout } from "../../model/heatmap/layout/heatmapLayout";
import { OUTSIDE, PAPER, selectionInk } from "../../model/heatmap/colours/palette";
import { handlesOf, type Handle } from "../../model/heatmap/selection/selectionHandles";
import { partsOf } from "../../model/heatmap/selection/selection";
import type { Scheme } from "../../types/scheme";
import { tick, type Tick, type TickRange } from "../../types/units";
import { FONT } from "./ink";

export interface LabelledRange {
  readonly ticks: TickRange;
  /** "" where there is only one. */
  readonly label: "" | "A" | "B";
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Ranges that belong together, such as those of a finding: outlined, without handles. */
export type FoundRanges = readonly TickRange[];

const HANDLE = { width: 7, height: 15 };

export function paintOverlay(
  context: CanvasRenderingContext2D,
  heatmap: Heatmap,
  layout: HeatmapLayout,
  scheme: Scheme,
  ranges: readonly LabelledRange[],
  found: FoundRanges,
  hovered: Tick | undefined,
): void {
  context.save();
  context.beginPath();
  context.rect(layout.plotLeft - 5, layout.plotTop - 6, layout.plotWidth + 10, layout.plotHeight + 12);
  context.clip();
  if (ranges.length > 0) paintVeil(context, layout, scheme);
  paintFound(context, heatmap, layout, scheme, found);
  if (ranges.length > 0) paintRanges(context, heatmap, layout, scheme, ranges);
  if (hovered !== undefined) paintHovered(context, heatmap, layout, scheme, hovered);
  context.restore();
}

function paintVeil(context: CanvasRenderingContext2D, layout: HeatmapLayout, scheme: Scheme): void {
  const { colour, share } = OUTSIDE[scheme];
  context.fillStyle = `rgba(${colour.join(", ")}, ${share})`;
  context.fillRect(layout.plotLeft, layout.plotTop, layout.plotWidth, layout.plotHeight);
}

function paintFound(context: CanvasRenderingContext2D, heatmap: Heatmap, layout: HeatmapLayout, scheme: Scheme, found: FoundRanges): void {
  const shapes = found.map((ticks) => boxesOf(ticks, heatmap, layout));
  context.fillStyle = css(selectionInk(scheme).second);
  for (const boxes of shapes) for (const { x, y, width, height } of boxes) context.fillRect(x - 1.5, y - 1.5, width + 3, height + 3);
  for (const boxes of shapes) for (const { x, y, width, height } of boxes) context.clearRect(x, y, width, height);
}

function paintRanges(
  context: CanvasRenderingContext2D,
  heatmap: Heatmap,
  layout: HeatmapLayout,
  scheme: Scheme,
  ranges: readonly LabelledRange[],
): void {
  const { outline, second, paper } = selectionInk(scheme);
  const shapes = ranges.map(({ ticks, label }) => ({
    ticks,
    label,
    ink: label === "B" ? second : outline,
    boxes: boxesOf(ticks, heatmap, layout),
  }));
  // The outline is a wider copy of the shapes with the shapes themselves cut out. Paper around it keeps it apart from
  // cells of a like colour.
  context.fillStyle = css(PAPER[scheme]);
  for (const { boxes } of shapes) for (const { x, y, width, height } of boxes) context.fillRect(x - 2.5, y - 2.5, width + 5, height + 5);
  for (const { boxes, ink } of shapes) {
    context.fillStyle = css(ink);
    for (const { x, y, width, height } of boxes) context.fillRect(x - 1.5, y - 1.5, width + 3, height + 3);
  }
  for (const { boxes } of shapes) for (const { x, y, width, height } of boxes) context.clearRect(x, y, width, height);
  for (const { ticks, label, ink, boxes } of shapes) {
    const [start, end] = handlesOf(ticks, heatmap, layout);
    paintHandle(context, start, ink, paper);
    paintHandle(context, end, ink, paper);
    if (label !== "" && boxes[0]) paintLabel(context, label, boxes[0], ink, paper);
  }
}

function boxesOf(ticks: TickRange, heatmap: Heatmap, layout: HeatmapLayout): Box[] {
  // A link may name a range that this profile does not have.
  const end = tick(Math.min(ticks.end, tickCount(heatmap)));
  return partsOf({ first: ticks.first, end }, heatmap.rows)
    .map(({ column, width, first, end: top }) => {
      const x = xOfColumn(layout, column);
      return {
        x,
        y: layout.plotTop + layout.plotHeight - top * layout.cellHeight,
        width: Math.max(xOfColumn(layout, column + width) - x, 0.5),
        height: (top - first) * layout.cellHeight,
      };
    })
    .filter(({ x, width }) => x + width > layout.plotLeft && x < layout.plotLeft + layout.plotWidth);
}

function paintHandle(context: CanvasRenderingContext2D, { x, y }: Handle, ink: Rgb, paper: Rgb): void {
  const { width, height } = HANDLE;
  context.fillStyle = css(ink);
  context.strokeStyle = css(paper);
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(x - width / 2, y - height / 2, width, height, 2.5);
  context.fill();
  context.stroke();
}

function paintLabel(context: CanvasRenderingContext2D, label: string, { x, y }: Box, ink: Rgb, paper: Rgb): void {
  context.fillStyle = css(ink);
  context.fillRect(x - 1.5, y - 1.5, 15, 15);
  context.fillStyle = css(paper);
  context.font = `600 11px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(label, x + 6, y + 6.5);
}

function paintHovered(
  context: CanvasRenderingContext2D,
  heatmap: Heatmap,
  layout: HeatmapLayout,
  scheme: Scheme,
  hovered: Tick,
): void {
  const { column, row } = cellOf(heatmap, hovered);
  const { merge, from } = layout.view;
  const x = xOfColumn(layout, from + Math.floor((column - from) / merge) * merge);
  const y = layout.plotTop + layout.plotHeight - (row + 1) * layout.cellHeight;
  context.lineWidth = 1;
  context.strokeStyle = css(selectionInk(scheme).outline);
  context.strokeRect(x - 0.5, y - 0.5, Math.max(layout.cellWidth, 2) + 1, layout.cellHeight + 1);
}
