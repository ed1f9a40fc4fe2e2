// The call tree as typed arrays, in the order in which it is drawn: pre-order, siblings by name from
// left to right. A node is an index; its subtree is the slice up to `end`; its place is `left`, the
// samples that lie left of it. Nodes of one depth are listed left to right, for binary search.
// No objects per node: 100 000 of them would cost more to collect than to draw.
import { formatValue } from "../../lib/format";
import type { TimeRange } from "../../types/explorer";
import { nodeId, seconds, type NodeId } from "../../types/units";
import type { FilterCost, FlameGraphAnswer } from "../../types/wire";
import { measureOf, scaleOf, shareMeasure, type Base, type Measure, type Sides } from "./measure";

/** The counts of the other side of a comparison, as counted there. */
export interface OtherSide {
  /** By node: that end at it, and at or below it. */
  readonly self: Float64Array;
  readonly total: Float64Array;
  /** By frame, wherever the other side has it; undefined where frames are merged. */
  readonly functions: { readonly self: ArrayLike<number>; readonly total: ArrayLike<number> } | undefined;
  readonly sides: Sides;
}

export interface FlameTree {
  readonly names: readonly string[];
  readonly libraries: readonly string[];
  readonly kinds: readonly string[];
  readonly nodeCount: number;
  readonly frame: Uint32Array;
  readonly depth: Uint32Array;
  /** The root's parent is the root. */
  readonly parent: Uint32Array;
  /** One past the subtree. */
  readonly end: Uint32Array;
  readonly self: Float64Array;
  readonly total: Float64Array;
  readonly left: Float64Array;
  /** Samples more than on the other side, scaled to this one, at and below each node; only of a comparison. */
  readonly delta: Float64Array | undefined;
  /** The same of each node alone. */
  readonly ownDelta: Float64Array | undefined;
  /** The measure of the differences; only of a comparison. */
  readonly measure: Measure | undefined;
  readonly compared: OtherSide | undefined;
  /** Nodes of depth d, left to right, are levelNodes[levelStart[d] … levelStart[d + 1]). */
  readonly levelStart: Uint32Array;
  readonly levelNodes: Uint32Array;
  /** Samples in the selection. */
  readonly samples: number;
  readonly profileSamples: number;
  /** Levels of the whole profile, the root's included. */
  readonly profileLevels: number;
  /** The counted range, in seconds from the first column. */
  readonly range: TimeRange;
  readonly filtered: FilterCost | undefined;
  /** The unit of the values: "samples", "microseconds", "period". */
  readonly unit: string;
  /** The CPU time of a sample; undefined where it is not known, for other values, and in a comparison. */
  readonly sampleSeconds: number | undefined;
}

export function buildFlameTree(answer: FlameGraphAnswer): FlameTree {
  const { frame, depth, self, total, delta, totalDelta } = answer.nodes;
  const nodeCount = frame.length;
  const order = drawingOrder(answer);
  const tree = {
    names: answer.frames.name,
    libraries: answer.frames.library,
    kinds: answer.frames.kind,
    nodeCount,
    frame: taken(frame, order, new Uint32Array(nodeCount)),
    depth: taken(depth, order, new Uint32Array(nodeCount)),
    self: taken(self, order, new Float64Array(nodeCount)),
    total: taken(total, order, new Float64Array(nodeCount)),
  };
  const places = placeNodes(tree.depth, tree.total);
  const levels = groupByDepth(tree.depth);
  const samples = answer.samples;
  const compared = otherSide(answer, order);
  const built: FlameTree = {
    ...tree,
    ...places,
    ...levels,
    delta: totalDelta && taken(totalDelta, order, new Float64Array(nodeCount)),
    ownDelta: delta && taken(delta, order, new Float64Array(nodeCount)),
    measure: totalDelta && shareMeasure(samples, 0),
    compared,
    samples,
    profileSamples: answer.profileSamples,
    profileLevels: answer.profileLevels,
    range: { start: seconds(answer.start), end: seconds(answer.end) },
    filtered: answer.filtered,
    unit: answer.unit,
    sampleSeconds: answer.sampleSeconds,
  };
  return measured(built, "share");
}

/** The same tree with its differences on another base. Those of an answer are rounded to whole samples, these are not. */
export function measured(tree: FlameTree, base: Base): FlameTree {
  const { compared } = tree;
  if (!compared) return tree;
  const measure = measureOf(compared.sides, base);
  const scale = scaleOf(measure);
  return {
    ...tree,
    measure,
    delta: tree.total.map((value, node) => value - compared.total[node]! * scale),
    ownDelta: tree.self.map((value, node) => value - compared.self[node]! * scale),
  };
}

function otherSide({ frames, nodes, sides }: FlameGraphAnswer, order: Uint32Array): OtherSide | undefined {
  const { other, otherTotal } = nodes;
  if (!sides || !other || !otherTotal) return undefined;
  return {
    self: taken(other, order, new Float64Array(order.length)),
    total: taken(otherTotal, order, new Float64Array(order.length)),
    functions: frames.other && frames.otherTotal && { self: frames.other, total: frames.otherTotal },
    sides,
  };
}

/** The CPU time of so many samples, "12.0 ms": their number times the sampling interval; "" for none, and where that is not known. */
export function cpuTime({ sampleSeconds }: FlameTree, samples: number): string {
  return sampleSeconds === undefined || samples === 0 ? "" : formatValue(samples * sampleSeconds, "seconds");
}

export function nameOf(tree: FlameTree, node: NodeId): string {
  return tree.names[tree.frame[node]!] ?? "";
}

export function parentOf(tree: FlameTree, node: NodeId): NodeId {
  return tree.parent[node] as NodeId;
}

/** Levels of the tree, the root's included. */
export function levelCount(tree: FlameTree): number {
  return tree.levelStart.length - 1;
}

/** The deepest level below (and of) a node, counted from the root. */
export function deepestOf(tree: FlameTree, node: NodeId): number {
  let deepest = 0;
  const end = tree.end[node] ?? 0;
  for (let at: number = node; at < end; at += 1) {
    if (tree.depth[at]! > deepest) deepest = tree.depth[at]!;
  }
  return deepest;
}

/** The nodes from the root's child down to the node itself. */
export function pathTo(tree: FlameTree, node: NodeId): NodeId[] {
  const path: NodeId[] = [];
  for (let at: NodeId = node; at > 0; at = parentOf(tree, at)) path.push(at);
  return path.reverse();
}

export function isAncestor(tree: FlameTree, ancestor: NodeId, node: NodeId): boolean {
  return ancestor <= node && node < tree.end[ancestor]!;
}

/** Values in another order. A loop: `from` with a function takes ten times as long. */
function taken<Values extends Uint32Array | Float64Array>(values: ArrayLike<number>, order: Uint32Array, into: Values): Values {
  for (let at = 0; at < order.length; at += 1) into[at] = values[order[at]!]!;
  return into;
}

/** The wire's nodes, listed in pre-order with siblings by name; without recursion, stacks are deep. */
function drawingOrder(answer: FlameGraphAnswer): Uint32Array {
  const { frame, depth } = answer.nodes;
  const rank = rankFrames(answer.frames.name, answer.frames.library);
  const count = frame.length;
  const order = new Uint32Array(count);
  const children = childLists(depth);
  const pending: number[] = count > 0 ? [0] : [];
  let placed = 0;
  while (pending.length > 0) {
    const node = pending.pop()!;
    order[placed] = node;
    placed += 1;
    const from = pending.length;
    for (let child = children.first[node]!; child > 0; child = children.next[child]!) pending.push(child);
    if (pending.length - from > 1) sortTail(pending, from, frame, rank);
  }
  return order;
}

/** Rank of each frame by name, then library: comparing integers while sorting, not texts. */
function rankFrames(names: readonly string[], libraries: readonly string[]): Uint32Array {
  const frames = names.map((_, frame) => frame);
  frames.sort((a, b) => compare(names[a]!, names[b]!) || compare(libraries[a] ?? "", libraries[b] ?? ""));
  const rank = new Uint32Array(names.length);
  frames.forEach((frame, index) => (rank[frame] = index));
  return rank;
}

/** First child and next sibling of each node. 0, the root, is no node's child and ends a list. */
function childLists(depth: readonly number[]): { first: Uint32Array; next: Uint32Array } {
  const first = new Uint32Array(depth.length);
  const next = new Uint32Array(depth.length);
  const open: number[] = [0];
  for (let node = 1; node < depth.length; node += 1) {
    const parent = open[depth[node]! - 1]!;
    next[node] = first[parent]!;
    first[parent] = node;
    open[depth[node]!] = node;
  }
  return { first, next };
}

/** The last by rank comes first, as the list is taken from its end. Most nodes have few children. */
function sortTail(list: number[], from: number, frame: readonly number[], rank: Uint32Array): void {
  const after = (a: number, b: number) => rank[frame[b]!]! - rank[frame[a]!]!;
  if (list.length - from === 2) {
    const [first, second] = [list[from]!, list[from + 1]!];
    if (after(first, second) > 0) {
      list[from] = second;
      list[from + 1] = first;
    }
    return;
  }
  const tail = list.slice(from).sort(after);
  for (let index = 0; index < tail.length; index += 1) list[from + index] = tail[index]!;
}

function placeNodes(depth: Uint32Array, total: Float64Array) {
  const count = depth.length;
  const parent = new Uint32Array(count);
  const end = new Uint32Array(count).fill(count);
  const left = new Float64Array(count);
  const open: number[] = [];
  // Where the next child of the open node of each depth begins.
  const cursor: number[] = [];
  let openCount = 0;
  for (let node = 0; node < count; node += 1) {
    const level = depth[node]!;
    for (let closed = level; closed < openCount; closed += 1) end[open[closed]!] = node;
    openCount = level + 1;
    open[level] = node;
    if (level > 0) {
      parent[node] = open[level - 1]!;
      left[node] = cursor[level - 1]!;
      cursor[level - 1] = left[node]! + total[node]!;
    }
    cursor[level] = left[node]!;
  }
  return { parent, end, left };
}

/** The node with most samples of those that are wanted, the first of equals; undefined where there is none. */
export function largestOf(tree: FlameTree, isWanted: (node: number) => boolean): NodeId | undefined {
  let largest: number | undefined;
  for (let node = 1; node < tree.nodeCount; node += 1) {
    if (isWanted(node) && (largest === undefined || tree.total[node]! > tree.total[largest]!)) largest = node;
  }
  return largest === undefined ? undefined : nodeId(largest);
}

export function groupByDepth(depth: Uint32Array) {
  let levels = 0;
  for (const level of depth) if (level >= levels) levels = level + 1;
  const levelStart = new Uint32Array(levels + 1);
  for (const level of depth) levelStart[level + 1]! += 1;
  for (let level = 0; level < levels; level += 1) levelStart[level + 1]! += levelStart[level]!;
  const levelNodes = new Uint32Array(depth.length);
  const next = levelStart.slice();
  for (let node = 0; node < depth.length; node += 1) {
    const level = depth[node]!;
    levelNodes[next[level]!] = nodeId(node);
    next[level]! += 1;
  }
  return { levelStart, levelNodes };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
