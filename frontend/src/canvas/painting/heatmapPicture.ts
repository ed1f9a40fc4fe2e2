// A low heatmap with its selection, drawn by the same functions as on the screen, for a picture of a flame graph.
import type { Heatmap } from "../../model/heatmap/heatmap";
import { shownCells } from "../../model/heatmap/heatmapCells";
import { layoutHeatmap } from "../../model/heatmap/layout/heatmapLayout";
import { LOW_PLOT_HEIGHT } from "../../model/heatmap/layout/plotHeight";
import { toTicks } from "../../model/heatmap/selection/selection";
import type { Palette, TimeRange } from "../../types/explorer";
import type { Scheme } from "../../types/scheme";
import { px } from "../../types/units";
import { paintCells } from "./paintHeatmap";
import { paintOverlay } from "./paintSelection";

export interface HeatmapInPicture {
  readonly heatmap: Heatmap;
  readonly range: TimeRange | undefined;
  readonly palette: Palette;
}

/** Its cells and the selection above them, apart, because the selection clears what it does not cover. */
export function heatmapPicture({ heatmap, range, palette }: HeatmapInPicture, scheme: Scheme, width: number, ratio: number) {
  const layout = layoutHeatmap(heatmap, px(width), undefined, LOW_PLOT_HEIGHT);
  const layers = [0, 1].map(() => {
    const canvas = new OffscreenCanvas(width * ratio, layout.height * ratio);
    const context = canvas.getContext("2d")!;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    // Both kinds of context draw alike.
    return { canvas, context: context as unknown as CanvasRenderingContext2D };
  });
  const cells = shownCells({ whole: heatmap.whole, tiles: [] }, layout.view, "sum");
  paintCells(layers[0]!.context, cells, layout, { palette, scheme, colours: undefined, timeOfDay: undefined });
  const ranges = range ? [{ ticks: toTicks(range, heatmap), label: "" as const }] : [];
  paintOverlay(layers[1]!.context, heatmap, layout, scheme, ranges, [], undefined);
  return { height: layout.height, layers: layers.map(({ canvas }) => canvas) };
}
