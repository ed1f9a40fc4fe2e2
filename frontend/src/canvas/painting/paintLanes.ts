// Painting the lanes. Their heatmaps are small bitmaps that are scaled up, as the heatmap's own (paintHeatmap.ts).
import { css } from "../../lib/colour";
import type { ShownCells } from "../../model/heatmap/heatmapCells";
import type { HeatmapLayout } from "../../model/heatmap/layout/heatmapLayout";
import { PAPER } from "../../model/heatmap/colours/palette";
import { LANE } from "../../model/lanes/laneLayout";
import type { Palette } from "../../types/explorer";
import type { Scheme } from "../../types/scheme";
import { INK } from "./ink";
import { cellBitmap, paintUnrecorded } from "./paintHeatmap";

export interface PaintedLane {
  /** Its place among all lanes. */
  readonly index: number;
  /** undefined until they have arrived. */
  readonly cells: ShownCells | undefined;
  /** Not chosen, while others are. */
  readonly faint: boolean;
}

interface LanesLook {
  readonly scrolled: number;
  readonly maximum: number;
  readonly highest: number;
  readonly palette: Palette;
  readonly scheme: Scheme;
}

const FAINT = 0.4;

export function paintLanes(context: CanvasRenderingContext2D, lanes: readonly PaintedLane[], layout: HeatmapLayout, look: LanesLook): void {
  const { plotLeft, plotWidth } = layout;
  for (const { index, cells, faint } of lanes) {
    const top = index * LANE.height - look.scrolled;
    context.fillStyle = css(PAPER[look.scheme]);
    context.fillRect(plotLeft, top + LANE.heat.top, plotWidth, LANE.heat.height);
    if (!cells) continue;
    context.globalAlpha = faint ? FAINT : 1;
    const bitmap = cellBitmap({ ...cells, maximum: look.maximum }, layout, look);
    if (bitmap) {
      context.imageSmoothingEnabled = false;
      context.drawImage(bitmap, plotLeft, top + LANE.heat.top, layout.cellWidth * cells.columns, LANE.heat.height);
    }
    const { heat } = LANE;
    paintUnrecorded(context, cells.unrecorded, { left: plotLeft, bottom: top + heat.top + heat.height, width: layout.cellWidth, height: heat.height / cells.rows }, look.scheme);
    paintSparkline(context, cells, layout, top, look);
    context.globalAlpha = 1;
    context.strokeStyle = INK[look.scheme].line;
    context.lineWidth = 1;
    context.strokeRect(plotLeft - 0.5, top + LANE.heat.top - 0.5, plotWidth + 1, LANE.heat.height + 1);
  }
}

/** Busy CPUs of each column as a filled step; all lanes share the scale. */
function paintSparkline(context: CanvasRenderingContext2D, cells: ShownCells, layout: HeatmapLayout, top: number, { highest, scheme }: LanesLook): void {
  const { spark } = LANE;
  context.fillStyle = INK[scheme].dim;
  for (let column = 0; column < cells.columns; column += 1) {
    let sum = 0;
    for (let row = 0; row < cells.rows; row += 1) sum += cells.counts[column * cells.rows + row]!;
    if (sum === 0) continue;
    const height = Math.max((Math.min(sum / Math.max(highest, 1), 1) * spark.height), 0.5);
    context.fillRect(layout.plotLeft + column * layout.cellWidth, top + spark.top + spark.height - height, layout.cellWidth, height);
  }
}
