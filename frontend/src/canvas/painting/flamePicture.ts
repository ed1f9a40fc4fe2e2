// The whole flame graph as a picture: all levels, not only those that are scrolled into view.
import { FlameBoxes, layoutBoxes } from "../../model/flame/layout/flameLayout";
import { deepestOf, type FlameTree } from "../../model/flame/flameTree";
import { PAPER } from "../../model/heatmap/colours/palette";
import { visible } from "../../model/flame/frames/displayName";
import { css } from "../../lib/colour";
import type { Scheme } from "../../types/scheme";
import { px } from "../../types/units";
import { paintFlame, ROW_HEIGHT, type FlameLook } from "./paintFlame";
import { FONT, INK } from "./ink";
import { heatmapPicture, type HeatmapInPicture } from "./heatmapPicture";

const RATIO = 2;
/** The largest height of a canvas in every browser. */
const HIGHEST = 16_000;

/** The text above the graph. */
export interface PictureHead {
  readonly title: string;
  /** The range and the filters. */
  readonly words: string;
  /** undefined for a profile without times. */
  readonly heatmap: HeatmapInPicture | undefined;
}

const HEAD = { height: 48, left: 8, title: 20, words: 39 };

export async function flamePicture(tree: FlameTree, look: FlameLook, width: number, head: PictureHead): Promise<Blob> {
  const small = head.heatmap && heatmapPicture(head.heatmap, look.scheme, width, RATIO);
  const top = HEAD.height + (small?.height ?? 0);
  const levels = Math.min(deepestOf(tree, look.zoom) + 1, Math.floor((HIGHEST / RATIO - top) / ROW_HEIGHT));
  const height = top + levels * ROW_HEIGHT;
  const canvas = new OffscreenCanvas(width * RATIO, height * RATIO);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser cannot draw a picture.");
  context.setTransform(RATIO, 0, 0, RATIO, 0, 0);
  context.fillStyle = css(PAPER[look.scheme]);
  context.fillRect(0, 0, width, height);
  paintHead(context, head, look.scheme, width);
  small?.layers.forEach((layer) => context.drawImage(layer, 0, HEAD.height, width, small.height));
  context.translate(0, top);
  const boxes = new FlameBoxes();
  layoutBoxes(tree, { zoom: look.zoom, width: px(width), fromLevel: 0, toLevel: levels }, boxes);
  // Both contexts draw alike; only the page's has functions for the page.
  paintFlame(context as unknown as CanvasRenderingContext2D, tree, boxes, look, { scrolled: 0, height: height - top, rowHeight: ROW_HEIGHT });
  return canvas.convertToBlob({ type: "image/png" });
}

function paintHead(context: OffscreenCanvasRenderingContext2D, { title, words }: PictureHead, scheme: Scheme, width: number): void {
  context.fillStyle = INK[scheme].text;
  context.font = `600 15px ${FONT}`;
  context.fillText(visible(title), HEAD.left, HEAD.title, width - 2 * HEAD.left);
  context.fillStyle = INK[scheme].dim;
  context.font = `13px ${FONT}`;
  context.fillText(visible(words), HEAD.left, HEAD.words, width - 2 * HEAD.left);
}
