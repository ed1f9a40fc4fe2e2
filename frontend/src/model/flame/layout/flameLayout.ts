// Level of detail: which boxes to draw for a zoom and a window of rows. Binary search finds the nodes
// of a level that lie in view; neighbours too thin to see are merged into one box that knows how
// many it stands for. The result lives in growing typed arrays that are used again for every frame.
import { firstIndex } from "../../../lib/numbers";
import { ROOT, type CssPixels, type NodeId } from "../../../types/units";
import { isAncestor, levelCount, type FlameTree } from "../flameTree";

/** Boxes narrower than this are merged with equally thin neighbours. */
const THIN = 1.5;
/** The same while a zoom is under way: nobody reads pictures of a sixtieth of a second, and many boxes would delay them. */
const THIN_IN_MOTION = 4;

export interface Span {
  readonly from: number;
  readonly samples: number;
}

export interface FlameView {
  /** This node has the whole width; its ancestors too, the rest is out of view. */
  readonly zoom: NodeId;
  readonly width: CssPixels;
  /** Samples at the left edge, and across the width, while a zoom is under way; else those of the zoomed node. */
  readonly span?: Span;
  /** Levels from … to (not included), counted from the root. */
  readonly fromLevel: number;
  readonly toLevel: number;
}

export function spanOf(tree: FlameTree, node: NodeId): Span {
  return { from: tree.left[node] ?? 0, samples: tree.total[node] ?? 0 };
}

/** Between two spans, by share of the way: the magnification changes evenly, as the eye expects. */
export function spanBetween(start: Span, end: Span, share: number): Span {
  if (start.samples <= 0 || end.samples <= 0) return end;
  const samples = start.samples * (end.samples / start.samples) ** share;
  const way = end.samples === start.samples ? share : (samples - start.samples) / (end.samples - start.samples);
  return { from: start.from + (end.from - start.from) * way, samples };
}

export class FlameBoxes {
  count = 0;
  /** The node, or the first of a merged run. */
  node = new Uint32Array(1024);
  /** 1 for a node of its own; else the number of nodes merged. */
  merged = new Uint32Array(1024);
  level = new Uint32Array(1024);
  x = new Float32Array(1024);
  width = new Float32Array(1024);
  fromLevel = 0;
  /** Index of the first box of each level from fromLevel on, and one more. */
  levelStart: number[] = [0];

  add(level: number, node: number, merged: number, x: number, width: number): void {
    if (this.count === this.node.length) this.grow();
    const at = this.count;
    this.level[at] = level;
    this.node[at] = node;
    this.merged[at] = merged;
    this.x[at] = x;
    this.width[at] = width;
    this.count += 1;
  }

  private grow(): void {
    const size = this.node.length * 2;
    this.node = enlarged(this.node, new Uint32Array(size));
    this.merged = enlarged(this.merged, new Uint32Array(size));
    this.level = enlarged(this.level, new Uint32Array(size));
    this.x = enlarged(this.x, new Float32Array(size));
    this.width = enlarged(this.width, new Float32Array(size));
  }
}

export function layoutBoxes(tree: FlameTree, view: FlameView, boxes: FlameBoxes): void {
  boxes.count = 0;
  boxes.fromLevel = Math.max(view.fromLevel, 0);
  boxes.levelStart = [0];
  const last = Math.min(view.toLevel, levelCount(tree));
  for (let level = boxes.fromLevel; level < last; level += 1) {
    layoutLevel(tree, view, level, boxes);
    boxes.levelStart.push(boxes.count);
  }
}

/** Index of the box at a point of a level, or -1. */
export function boxAt(boxes: FlameBoxes, level: number, x: number): number {
  const row = level - boxes.fromLevel;
  const from = boxes.levelStart[row];
  const to = boxes.levelStart[row + 1];
  if (from === undefined || to === undefined) return -1;
  const at = firstIndex(from, to, (box) => boxes.x[box]! + boxes.width[box]! > x);
  return at < to && boxes.x[at]! <= x ? at : -1;
}

function layoutLevel(tree: FlameTree, view: FlameView, level: number, boxes: FlameBoxes): void {
  const { levelNodes, levelStart, left, total } = tree;
  const { from, samples: span } = view.span ?? spanOf(tree, view.zoom);
  const to = from + span;
  if (span <= 0) {
    if (level === 0 && tree.nodeCount > 0) boxes.add(0, ROOT, 1, 0, view.width);
    return;
  }
  const scale = view.width / span;
  const thin = view.span ? THIN_IN_MOTION : THIN;
  const end = levelStart[level + 1]!;
  const begin = firstIndex(levelStart[level]!, end, (at) => rightOf(tree, levelNodes[at]!) > from);
  const stop = firstIndex(begin, end, (at) => left[levelNodes[at]!]! >= to);
  let at = begin;
  while (at < stop) {
    const node = levelNodes[at]!;
    const x = Math.max(left[node]! - from, 0) * scale;
    if (total[node]! * scale >= thin) {
      const right = Math.min((rightOf(tree, node) - from) * scale, view.width);
      boxes.add(level, node, 1, x, right - x);
      at += 1;
      continue;
    }
    const after = endOfThinRun(tree, at, stop, scale, thin);
    const right = (rightOf(tree, levelNodes[after - 1]!) - from) * scale;
    boxes.add(level, node, after - at, x, Math.max(right - x, 1));
    at = after;
  }
}

/** One past the last of the thin neighbours, less than a pixel apart, that begin at `at`. */
function endOfThinRun(tree: FlameTree, at: number, stop: number, scale: number, thin: number): number {
  const { levelNodes, left, total } = tree;
  const gap = 1 / scale;
  let after = at + 1;
  let right = rightOf(tree, levelNodes[at]!);
  while (after < stop) {
    const node = levelNodes[after]!;
    if (total[node]! * scale >= thin || left[node]! - right >= gap) break;
    right = left[node]! + total[node]!;
    after += 1;
  }
  return after;
}

/** Whether the box stands for the zoomed node's ancestor, which is drawn faded. */
export function isAboveZoom(tree: FlameTree, zoom: NodeId, node: NodeId): boolean {
  return node !== zoom && isAncestor(tree, node, zoom);
}

function rightOf(tree: FlameTree, node: number): number {
  return tree.left[node]! + tree.total[node]!;
}

function enlarged<Values extends Uint32Array | Float32Array>(from: Values, to: Values): Values {
  to.set(from);
  return to;
}
