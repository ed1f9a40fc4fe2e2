// The whole flame graph as a picture: all levels, not only those that are scrolled into view.
import { FlameBoxes, layoutBoxes } from "../model/flame/flameLayout";
import { deepestOf, type FlameTree } from "../model/flame/flameTree";
import { PAPER } from "../model/heatmap/palette";
import { css } from "../lib/colour";
import { px } from "../types/units";
import { paintFlame, ROW_HEIGHT, type FlameLook } from "./paintFlame";

const RATIO = 2;
/** The largest height of a canvas in every browser. */
const HIGHEST = 16_000;

export async function flamePicture(tree: FlameTree, look: FlameLook, width: number): Promise<Blob> {
  const levels = Math.min(deepestOf(tree, look.zoom) + 1, Math.floor(HIGHEST / RATIO / ROW_HEIGHT));
  const height = levels * ROW_HEIGHT;
  const canvas = new OffscreenCanvas(width * RATIO, height * RATIO);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser cannot draw a picture.");
  context.setTransform(RATIO, 0, 0, RATIO, 0, 0);
  context.fillStyle = css(PAPER[look.scheme]);
  context.fillRect(0, 0, width, height);
  const boxes = new FlameBoxes();
  layoutBoxes(tree, { zoom: look.zoom, width: px(width), fromLevel: 0, toLevel: levels }, boxes);
  // Both contexts draw alike; only the page's has functions for the page.
  paintFlame(context as unknown as CanvasRenderingContext2D, tree, boxes, look, { scrolled: 0, height, rowHeight: ROW_HEIGHT });
  return canvas.convertToBlob({ type: "image/png" });
}
