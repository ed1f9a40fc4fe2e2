// Painting the boxes of a flame graph. Everything that does not change from frame to frame (colours,
// widths of texts) is looked up; a screenful is a few thousand rectangles and texts.
import { css } from "../../lib/colour";
import { formatCount, shortened } from "../../lib/format";
import { levelIndex } from "../../model/flame/layout/flameCursor";
import { displayName } from "../../model/flame/frames/displayName";
import { differenceLabel } from "../../model/flame/measure";
import { isAboveZoom, type FlameBoxes } from "../../model/flame/layout/flameLayout";
import type { FlameTree } from "../../model/flame/flameTree";
import { FRAME_INK, MATCH_COLOUR } from "../../model/flame/frames/frameColour";
import type { SearchResult } from "../../model/flame/search";
import type { DrawnLayout } from "../../types/explorer";
import type { Scheme } from "../../types/scheme";
import { nodeId, type NodeId } from "../../types/units";
import { FONT } from "./ink";

export const ROW_HEIGHT = 18;

export interface FlameLook {
  readonly colours: readonly string[];
  /** Index into colours of each node; without it, colours has one for each frame. */
  readonly shades?: Uint32Array | undefined;
  readonly scheme: Scheme;
  readonly layout: DrawnLayout;
  readonly search: SearchResult | undefined;
  readonly zoom: NodeId;
  /** Frames that each box stands for, where runs are collapsed. */
  readonly run?: Uint32Array | undefined;
}

export interface FlameWindow {
  /** The part that is scrolled out of sight at the root: below in a flame graph, above in an icicle. */
  readonly scrolled: number;
  readonly height: number;
  /** ROW_HEIGHT, or less where all levels are to fit. */
  readonly rowHeight: number;
}

const TEXT_FROM = 26;
/** Lower rows have no text. */
const TEXT_HEIGHT = 11;
const DIFFERENCE_FROM = 44;
const PADDING = 4;
const MERGED: Readonly<Record<Scheme, string>> = { light: "#c4c4cb", dark: "#47474f" };
const FADED = 0.5;
const UNMATCHED = 0.4;
/** Text of faded boxes keeps more of its strength, so that it stays readable. */
const FADED_TEXT = 0.72;

/** Top of a level's row in the window. */
export function rowTop(level: number, layout: DrawnLayout, { scrolled, height, rowHeight }: FlameWindow): number {
  return layout === "flame" ? height + scrolled - (level + 1) * rowHeight : level * rowHeight - scrolled;
}

/** The level under a height in the window. */
export function levelUnder(y: number, layout: DrawnLayout, { scrolled, height, rowHeight }: FlameWindow): number {
  return Math.floor((layout === "flame" ? height + scrolled - y : y + scrolled) / rowHeight);
}

/** The rectangles first, then their texts: a canvas pays for each change of colour and opacity. */
export function paintFlame(
  context: CanvasRenderingContext2D,
  tree: FlameTree,
  boxes: FlameBoxes,
  look: FlameLook,
  shown: FlameWindow,
): void {
  const ratio = context.getTransform().a;
  const textSize = Math.min(WIDTHS_AT, shown.rowHeight - 2);
  const picture = { context, tree, boxes, look, shown, ratio, textSize };
  const labelled = paintRectangles(picture);
  context.font = `${textSize}px ${FONT}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.fillStyle = FRAME_INK[look.scheme];
  for (const label of labelled) paintLabel(picture, label);
  context.globalAlpha = 1;
}

interface Picture {
  readonly context: CanvasRenderingContext2D;
  readonly tree: FlameTree;
  readonly boxes: FlameBoxes;
  readonly look: FlameLook;
  readonly shown: FlameWindow;
  readonly ratio: number;
  /** In pixels. */
  readonly textSize: number;
}

/** A box with room for a text. */
interface Label {
  readonly box: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly faded: boolean;
}

function paintRectangles({ context, tree, boxes, look, shown, ratio }: Picture): Label[] {
  const matchColour = css(MATCH_COLOUR[look.scheme]);
  const labelled: Label[] = [];
  const { rowHeight } = shown;
  const height = rowHeight - (rowHeight < 5 ? 0 : 1);
  const roomy = rowHeight >= TEXT_HEIGHT;
  let [colour, alpha] = ["", -1];
  for (let box = 0; box < boxes.count; box += 1) {
    const node = nodeId(boxes.node[box]!);
    const merged = boxes.merged[box]!;
    const left = Math.round(boxes.x[box]! * ratio) / ratio;
    const right = Math.round((boxes.x[box]! + boxes.width[box]!) * ratio) / ratio;
    const width = Math.max(right - left - (right - left > 3 ? 1 / ratio : 0), 1 / ratio);
    const top = rowTop(boxes.level[box]!, look.layout, shown);
    const matches = look.search !== undefined && isMatched(tree, look.search, node, merged);
    const nextAlpha = opacity(tree, look, node, matches);
    const nextColour = matches ? matchColour : colourOf(tree, look, node, merged);
    if (nextAlpha !== alpha) context.globalAlpha = alpha = nextAlpha;
    if (nextColour !== colour) context.fillStyle = colour = nextColour;
    context.fillRect(left, top, width, height);
    if (roomy && width >= TEXT_FROM) labelled.push({ box, left, top, width, faded: alpha < 1 });
  }
  return labelled;
}

function colourOf(tree: FlameTree, look: FlameLook, node: NodeId, merged: number): string {
  if (merged > 1) return MERGED[look.scheme];
  return look.colours[look.shades ? look.shades[node]! : tree.frame[node]!]!;
}

function paintLabel({ context, tree, boxes, look, shown, textSize }: Picture, { box, left, top, width, faded }: Label): void {
  context.globalAlpha = faded ? FADED_TEXT : 1;
  const merged = boxes.merged[box]!;
  const text = merged > 1 ? `${formatCount(merged)} frames` : textOf(tree, nodeId(boxes.node[box]!), width, look.run);
  drawText(context, text, left, top + shown.rowHeight / 2, width, textSize / WIDTHS_AT);
}

/** The name, in a comparison after its difference: no information by colour alone. */
function textOf(tree: FlameTree, node: NodeId, width: number, run: Uint32Array | undefined): string {
  const frame = tree.frame[node]!;
  const frames = run?.[node] ?? 1;
  const own = displayName(tree.names[frame]!, tree.libraries[frame] ?? "");
  const name = frames > 1 ? `${own} ×${frames}` : own;
  if (!tree.delta || !tree.measure || width < DIFFERENCE_FROM) return name;
  const label = differenceLabel(tree.delta[node]!, tree.measure);
  return label === "" ? name : `${label} ${name}`;
}

function opacity(tree: FlameTree, look: FlameLook, node: NodeId, matches: boolean): number {
  if (isAboveZoom(tree, look.zoom, node)) return FADED;
  return look.search && !matches ? UNMATCHED : 1;
}

function isMatched(tree: FlameTree, search: SearchResult, node: NodeId, merged: number): boolean {
  if (merged === 1) return search.frames[tree.frame[node]!] === 1;
  const from = levelIndex(tree, node);
  for (let at = from; at < from + merged; at += 1) {
    if (search.frames[tree.frame[tree.levelNodes[at]!]!] === 1) return true;
  }
  return false;
}

/** Widths of texts are kept for this size, in pixels. */
const WIDTHS_AT = 12;
const widths = new Map<string, number>();
const WIDTHS_MAX = 50_000;

/** @param scale the size of the text by that of the kept widths */
function drawText(context: CanvasRenderingContext2D, text: string, left: number, middle: number, width: number, scale: number): void {
  const room = width - 2 * PADDING;
  const needed = widthOf(context, text, scale) * scale;
  if (needed <= room) {
    context.fillText(text, left + PADDING, middle);
    return;
  }
  const letters = Math.floor((text.length * room) / needed) - 1;
  // Estimated by the average letter; maxWidth squeezes where the letters that stay are wide ones.
  if (letters >= 2) context.fillText(shortened(text, letters), left + PADDING, middle, room);
}

function widthOf(context: CanvasRenderingContext2D, text: string, scale: number): number {
  const known = widths.get(text);
  if (known !== undefined) return known;
  if (widths.size > WIDTHS_MAX) widths.clear();
  const width = (context.measureText(text.slice(0, 500)).width * Math.max(1, text.length / 500)) / scale;
  widths.set(text, width);
  return width;
}
