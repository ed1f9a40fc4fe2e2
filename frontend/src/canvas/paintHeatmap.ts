// Painting the heatmap. Cells are written as one pixel each into a small bitmap that is then scaled
// up without smoothing: an hour of cells costs as little as a minute. What moves with the pointer is
// painted on a second canvas above, so that dragging never repaints the cells.
import { css, type Rgb } from "../lib/colour";
import { cellOf, tickCount, type Heatmap } from "../model/heatmap";
import { offsetMarks, timeMarks, type HeatmapLayout } from "../model/heatmapLayout";
import { PAPER, paletteTable, selectionInk, tableIndex } from "../model/palette";
import { partsOf, type TickRange } from "../model/selection";
import type { Palette } from "../types/explorer";
import type { Scheme } from "../types/scheme";
import { tick, type Tick } from "../types/units";
import { FONT, INK } from "./ink";

const GRID_FROM = { width: 6, height: 4 };

export function paintCells(
  context: CanvasRenderingContext2D,
  heatmap: Heatmap,
  layout: HeatmapLayout,
  palette: Palette,
  scheme: Scheme,
): void {
  const { plotLeft, plotTop, plotWidth, plotHeight } = layout;
  context.fillStyle = css(PAPER[scheme]);
  context.fillRect(plotLeft, plotTop, plotWidth, plotHeight);
  const devicePixels = Math.max(1, Math.round(plotWidth * context.getTransform().a));
  const bitmap = cellBitmap(heatmap, Math.min(heatmap.columns, devicePixels), paletteTable(palette, scheme, heatmap.maximum));
  if (bitmap) {
    context.imageSmoothingEnabled = false;
    context.drawImage(bitmap, plotLeft, plotTop, plotWidth, plotHeight);
  }
  paintGrid(context, heatmap, layout, scheme);
  paintAxes(context, heatmap, layout, scheme);
}

export function paintOverlay(
  context: CanvasRenderingContext2D,
  heatmap: Heatmap,
  layout: HeatmapLayout,
  scheme: Scheme,
  selection: TickRange | undefined,
  hovered: Tick | undefined,
): void {
  if (selection) paintSelection(context, heatmap, layout, scheme, selection);
  if (hovered === undefined) return;
  const { column, row } = cellOf(heatmap, hovered);
  const x = layout.plotLeft + column * layout.cellWidth;
  const y = layout.plotTop + layout.plotHeight - (row + 1) * layout.cellHeight;
  context.lineWidth = 1;
  context.strokeStyle = css(selectionInk(scheme).outline);
  context.strokeRect(x - 0.5, y - 0.5, Math.max(layout.cellWidth, 2) + 1, layout.cellHeight + 1);
}

/** One pixel a cell; where columns are narrower than pixels, the highest count of each pixel's columns. */
function cellBitmap(heatmap: Heatmap, width: number, table: readonly Rgb[]): OffscreenCanvas | undefined {
  const { rows, columns, counts, maximum } = heatmap;
  if (width === 0 || rows === 0) return undefined;
  const bitmap = new OffscreenCanvas(width, rows);
  const context = bitmap.getContext("2d");
  if (!context) return undefined;
  const image = context.createImageData(width, rows);
  for (let x = 0; x < width; x += 1) {
    const from = Math.floor((x * columns) / width);
    const to = Math.max(from + 1, Math.floor(((x + 1) * columns) / width));
    for (let row = 0; row < rows; row += 1) {
      let count = 0;
      for (let column = from; column < to; column += 1) count = Math.max(count, counts[column * rows + row]!);
      const colour = table[tableIndex(count, maximum, table.length)]!;
      const at = 4 * ((rows - 1 - row) * width + x);
      image.data[at] = colour[0];
      image.data[at + 1] = colour[1];
      image.data[at + 2] = colour[2];
      image.data[at + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
  return bitmap;
}

function paintGrid(context: CanvasRenderingContext2D, heatmap: Heatmap, layout: HeatmapLayout, scheme: Scheme): void {
  const { plotLeft, plotTop, plotWidth, plotHeight, cellWidth, cellHeight } = layout;
  if (cellWidth < GRID_FROM.width || cellHeight < GRID_FROM.height) return;
  const [red, green, blue] = PAPER[scheme];
  context.fillStyle = `rgba(${red}, ${green}, ${blue}, 0.4)`;
  const hair = 1 / context.getTransform().a;
  for (let column = 1; column < heatmap.columns; column += 1) {
    context.fillRect(plotLeft + column * cellWidth - hair, plotTop, hair, plotHeight);
  }
  for (let row = 1; row < heatmap.rows; row += 1) {
    context.fillRect(plotLeft, plotTop + row * cellHeight - hair, plotWidth, hair);
  }
}

function paintAxes(context: CanvasRenderingContext2D, heatmap: Heatmap, layout: HeatmapLayout, scheme: Scheme): void {
  const { plotLeft, plotTop, plotWidth, plotHeight } = layout;
  const bottom = plotTop + plotHeight;
  context.strokeStyle = INK[scheme].line;
  context.lineWidth = 1;
  context.strokeRect(plotLeft - 0.5, plotTop - 0.5, plotWidth + 1, plotHeight + 1);
  context.fillStyle = INK[scheme].dim;
  context.font = `11px ${FONT}`;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const { value, offset } of offsetMarks(layout)) {
    const y = plotTop + offset;
    context.fillText(value.toString(), plotLeft - 7, y - layout.cellHeight / 2);
    context.fillRect(plotLeft - 4, Math.round(y) - 1, 3, 1);
  }
  context.textBaseline = "top";
  for (const { value, offset } of timeMarks(heatmap.columns, layout)) {
    const x = plotLeft + offset;
    context.fillRect(Math.round(x), bottom + 1, 1, 4);
    // A column has its second written at its left edge, where the second begins.
    context.textAlign = value === 0 ? "left" : "center";
    context.fillText(value === 0 ? "0 s" : value.toString(), x, bottom + 7);
  }
}

function paintSelection(
  context: CanvasRenderingContext2D,
  heatmap: Heatmap,
  layout: HeatmapLayout,
  scheme: Scheme,
  selection: TickRange,
): void {
  const { plotLeft, plotTop, plotWidth, plotHeight, cellWidth, cellHeight } = layout;
  const { outline, veil } = selectionInk(scheme);
  // A link may name a range that this profile does not have.
  const end = tick(Math.min(selection.end, tickCount(heatmap)));
  const rectangles = partsOf({ first: selection.first, end }, heatmap.rows).map(({ column, width, first, end }) => ({
    x: plotLeft + column * cellWidth,
    y: plotTop + plotHeight - end * cellHeight,
    width: width * cellWidth,
    height: (end - first) * cellHeight,
  }));
  context.save();
  context.beginPath();
  context.rect(plotLeft, plotTop, plotWidth, plotHeight);
  context.clip();
  context.fillStyle = `rgba(${veil.join(", ")}, 0.62)`;
  context.fillRect(plotLeft, plotTop, plotWidth, plotHeight);
  context.restore();
  // The outline is what is left of a wider copy of the shape when the shape itself is cut out.
  context.fillStyle = css(outline);
  for (const { x, y, width, height } of rectangles) context.fillRect(x - 1.5, y - 1.5, width + 3, height + 3);
  for (const { x, y, width, height } of rectangles) context.clearRect(x, y, width, height);
}
