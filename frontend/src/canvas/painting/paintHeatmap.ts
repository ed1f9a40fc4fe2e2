// Painting the heatmap. Cells are written as one pixel each into a small bitmap that is then scaled
// up without smoothing: an hour of cells costs as little as a minute. A second canvas above holds everything
// that moves with the pointer (paintSelection.ts), so that a drag never repaints the cells.
import { css, mix, pixel, type Rgb } from "../../lib/colour";
import { CLOCK_FROM, formatClock } from "../../lib/format";
import { formatTimeOfDay, type TimeOfDay } from "../../lib/timeOfDay";
import { SECOND } from "../../lib/columnLength";
import { hasOutlines, offsetLabels, shownSeconds, timeLabels, type HeatmapLayout } from "../../model/heatmap/layout/heatmapLayout";
import type { ShownCells } from "../../model/heatmap/heatmapCells";
import type { CellBlock } from "../../model/heatmap/unrecorded";
import { MATCH_INK, PAPER, paletteTable, tableIndex } from "../../model/heatmap/colours/palette";
import type { Palette } from "../../types/explorer";
import type { Scheme } from "../../types/scheme";
import { FONT, INK } from "./ink";

const GRID_FROM = { width: 6, height: 4 };
/** Between times below the plot, in CSS pixels. */
const LABEL_GAP = 6;
/** Cells without matches are mixed this far with the paper. */
const STEP_BACK = 0.6;
/** Between the lines of cells that were not recorded, in CSS pixels across. */
const HATCH = 6;

export interface HeatmapLook {
  readonly palette: Palette;
  readonly scheme: Scheme;
  /** A colour for each cell, where it means something else than its samples (model/heatmap/colours/heatColours.ts). */
  readonly colours?: Uint32Array | undefined;
  /** Of the time axis, where it has the time of day. */
  readonly timeOfDay?: TimeOfDay | undefined;
}

export function paintCells(context: CanvasRenderingContext2D, cells: ShownCells, layout: HeatmapLayout, look: HeatmapLook): void {
  const { plotLeft, plotTop, plotWidth, plotHeight } = layout;
  context.fillStyle = css(PAPER[look.scheme]);
  context.fillRect(plotLeft, plotTop, plotWidth, plotHeight);
  const bitmap = cellBitmap(cells, layout, look);
  if (bitmap) {
    context.imageSmoothingEnabled = false;
    context.drawImage(bitmap, plotLeft, plotTop, plotWidth, plotHeight);
  }
  paintGrid(context, cells, layout, look.scheme);
  paintUnrecorded(context, cells.unrecorded, { left: plotLeft, bottom: plotTop + plotHeight, width: layout.cellWidth, height: layout.cellHeight }, look.scheme);
  if (cells.matches && hasOutlines(layout)) paintMatches(context, cells, layout, look.scheme);
  paintAxes(context, layout, look);
}

/** One pixel a cell. */
export function cellBitmap(cells: ShownCells, layout: HeatmapLayout, { palette, scheme, colours }: HeatmapLook): OffscreenCanvas | undefined {
  const { rows, columns, counts, matches, maximum } = cells;
  if (columns === 0 || rows === 0) return undefined;
  const bitmap = new OffscreenCanvas(columns, rows);
  const context = bitmap.getContext("2d");
  if (!context) return undefined;
  const table = paletteTable(palette, scheme, maximum);
  const plain = packed(matches ? table.map((colour) => mix(colour, PAPER[scheme], STEP_BACK)) : table);
  // Cells too small for an outline are painted in the matches' colour themselves.
  const matching = packed(hasOutlines(layout) ? table : table.map(() => MATCH_INK[scheme]));
  const image = context.createImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  for (let column = 0; column < columns; column += 1) {
    for (let row = 0; row < rows; row += 1) {
      const cell = column * rows + row;
      const place = (rows - 1 - row) * columns + column;
      if (colours) {
        pixels[place] = colours[cell]!;
        continue;
      }
      const index = tableIndex(counts[cell]!, maximum, table.length);
      pixels[place] = (matches && matches[cell]! > 0 ? matching : plain)[index]!;
    }
  }
  context.putImageData(image, 0, 0);
  return bitmap;
}

/** Where the cells of a plot are, in CSS pixels: its left bottom corner and the size of one. */
interface CellPlaces {
  readonly left: number;
  readonly bottom: number;
  readonly width: number;
  readonly height: number;
}

/** Hatch cells without a measurement, without the grid: no palette has such a cell. */
export function paintUnrecorded(context: CanvasRenderingContext2D, blocks: readonly CellBlock[], places: CellPlaces, scheme: Scheme): void {
  context.strokeStyle = INK[scheme].line;
  context.lineWidth = 1;
  for (const { column, columns, row, rows } of blocks) {
    const [width, height] = [columns * places.width, rows * places.height];
    const [left, bottom] = [places.left + column * places.width, places.bottom - row * places.height];
    context.save();
    context.beginPath();
    context.rect(left, bottom - height, width, height);
    context.clip();
    context.fillStyle = css(PAPER[scheme]);
    context.fillRect(left, bottom - height, width, height);
    context.beginPath();
    // The lines of all blocks are in line.
    const first = Math.ceil((left + bottom - height) / HATCH) * HATCH;
    for (let line = first; line < left + width + bottom; line += HATCH) {
      context.moveTo(line - bottom, bottom);
      context.lineTo(line - bottom + height, bottom - height);
    }
    context.stroke();
    context.restore();
  }
}

function packed(table: readonly Rgb[]): Uint32Array {
  return Uint32Array.from(table, pixel);
}

/** A frame around each cell with matches, and a bar in it as long as their share of its samples. */
function paintMatches(context: CanvasRenderingContext2D, cells: ShownCells, layout: HeatmapLayout, scheme: Scheme): void {
  const { plotLeft, plotTop, plotHeight, cellWidth, cellHeight } = layout;
  const { rows, counts, matches } = cells;
  const bar = Math.max(Math.round(cellHeight / 3), 1);
  for (let cell = 0; cell < counts.length; cell += 1) {
    const found = matches![cell]!;
    if (found === 0) continue;
    const x = plotLeft + Math.floor(cell / rows) * cellWidth;
    const y = plotTop + plotHeight - ((cell % rows) + 1) * cellHeight;
    context.strokeStyle = css(MATCH_INK[scheme]);
    context.lineWidth = 1;
    context.strokeRect(x + 0.5, y + 0.5, cellWidth - 1.5, cellHeight - 1);
    // A line of paper above the bar: on cells of a like colour it would not stand out.
    context.fillStyle = css(PAPER[scheme]);
    context.fillRect(x, y + cellHeight - bar - 1, cellWidth - 1, 1);
    context.fillStyle = css(MATCH_INK[scheme]);
    context.fillRect(x, y + cellHeight - bar, Math.max((cellWidth - 1) * Math.min(found / counts[cell]!, 1), 1), bar);
  }
}

function paintGrid(context: CanvasRenderingContext2D, cells: ShownCells, layout: HeatmapLayout, scheme: Scheme): void {
  const { plotLeft, plotTop, plotWidth, plotHeight, cellWidth, cellHeight } = layout;
  if (cellWidth < GRID_FROM.width || cellHeight < GRID_FROM.height) return;
  const [red, green, blue] = PAPER[scheme];
  context.fillStyle = `rgba(${red}, ${green}, ${blue}, 0.4)`;
  const hair = 1 / context.getTransform().a;
  for (let column = 1; column < cells.columns; column += 1) {
    context.fillRect(plotLeft + column * cellWidth - hair, plotTop, hair, plotHeight);
  }
  for (let row = 1; row < cells.rows; row += 1) {
    context.fillRect(plotLeft, plotTop + row * cellHeight - hair, plotWidth, hair);
  }
}

function paintAxes(context: CanvasRenderingContext2D, layout: HeatmapLayout, { scheme, timeOfDay }: HeatmapLook): void {
  const { plotLeft, plotTop, plotWidth, plotHeight, columnMs } = layout;
  const bottom = plotTop + plotHeight;
  context.strokeStyle = INK[scheme].line;
  context.lineWidth = 1;
  context.strokeRect(plotLeft - 0.5, plotTop - 0.5, plotWidth + 1, plotHeight + 1);
  context.fillStyle = INK[scheme].dim;
  context.font = `11px ${FONT}`;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const { value, offset } of offsetLabels(layout)) {
    const y = plotTop + offset;
    context.fillText((columnMs > SECOND ? value / SECOND : value).toString(), plotLeft - 7, y - layout.cellHeight / 2);
    context.fillRect(plotLeft - 4, Math.round(y) - 1, 3, 1);
  }
  context.textBaseline = "top";
  // Below the offsets, in line with the seconds.
  context.fillText(columnMs > SECOND ? "s" : "ms", plotLeft - 7, bottom + 7);
  let free = -Infinity;
  const clock = shownSeconds(layout).to >= CLOCK_FROM;
  for (const { value, offset } of timeLabels(layout, timeOfDay?.began)) {
    const x = plotLeft + offset;
    // A column has its second written at its left edge, where the second begins.
    const text = timeOfDay ? formatTimeOfDay(value, timeOfDay) : value === 0 ? "0 s" : clock ? formatClock(value) : value.toString();
    const { width } = context.measureText(text);
    const left = offset === 0 ? x : Math.min(x - width / 2, layout.width - 1 - width);
    // The last one is pushed inside: it may not fit beside the one before.
    if (left < free) continue;
    free = left + width + LABEL_GAP;
    context.fillRect(Math.round(x), bottom + 1, 1, 4);
    context.textAlign = "left";
    context.fillText(text, left, bottom + 7);
  }
}
