// Functions instead of stacks: the samples of each alone, and with all that it called. A sample counts
// once for a function however often it recursed.
import { plainName } from "./frames/plainName";
import { frameId, nodeId, type FrameId, type NodeId } from "../../types/units";
import { largestOf, type FlameTree } from "./flameTree";
import { scaleOf } from "./measure";
import type { SearchResult } from "./search";

export interface FunctionCounts {
  readonly self: Float64Array;
  readonly total: Float64Array;
  /** Only of a comparison. */
  readonly other: OtherCounts | undefined;
}

/** The other side of a comparison, scaled to this one by the measure of the tree. */
interface OtherCounts {
  readonly self: Float64Array;
  readonly total: Float64Array;
  /** Own samples that this side has more. */
  readonly change: Float64Array;
  /** The same with all that it called. */
  readonly totalChange: Float64Array;
}

const SORT_KEYS = ["self", "total", "change", "totalChange", "otherSelf", "otherTotal", "name"] as const;
export type SortKey = (typeof SORT_KEYS)[number];

/** By frame of the tree. @param inverted whether the tree's first level holds what ran, not what was started */
export function functionCounts(tree: FlameTree, inverted: boolean): FunctionCounts {
  const frames = tree.names.length;
  const self = new Float64Array(frames);
  const total = new Float64Array(frames);
  for (const node of outermostNodes(tree)) total[tree.frame[node]!]! += tree.total[node]!;
  for (let node = 1; node < tree.nodeCount; node += 1) {
    const own = !inverted ? tree.self[node]! : tree.depth[node] === 1 ? tree.total[node]! : 0;
    self[tree.frame[node]!]! += own;
  }
  return { self, total, other: otherCounts(tree, self, total, inverted) };
}

function otherCounts(tree: FlameTree, self: Float64Array, total: Float64Array, inverted: boolean): OtherCounts | undefined {
  const { delta, ownDelta, compared, measure } = tree;
  if (!delta || !ownDelta) return undefined;
  if (compared?.functions && measure) {
    // Also where the other side has the function in stacks that this one has not.
    const scale = scaleOf(measure);
    const [otherSelf, otherTotal] = [compared.functions.self, compared.functions.total].map((counts) => Float64Array.from(counts, (count) => count * scale));
    const more = (values: Float64Array, other: Float64Array) => values.map((value, at) => value - other[at]!);
    return { self: otherSelf!, total: otherTotal!, change: more(self, otherSelf!), totalChange: more(total, otherTotal!) };
  }
  const change = new Float64Array(self.length);
  const totalChange = new Float64Array(self.length);
  for (const node of outermostNodes(tree)) totalChange[tree.frame[node]!]! += delta[node]!;
  for (let node = 1; node < tree.nodeCount; node += 1) {
    const own = !inverted ? ownDelta[node]! : tree.depth[node] === 1 ? delta[node]! : 0;
    change[tree.frame[node]!]! += own;
  }
  return { self: less(self, change), total: less(total, totalChange), change, totalChange };
}

/** Scaled counts are whole numbers: a difference below 0 is of rounding. */
function less(from: Float64Array, by: Float64Array): Float64Array {
  return from.map((value, at) => Math.max(value - by[at]!, 0));
}

/** Nodes that no node of the same frame is above of, in pre-order, without the root. */
export function* outermostNodes(tree: FlameTree, only?: FrameId): Generator<NodeId> {
  // End of the open subtree of each frame.
  const open = new Uint32Array(tree.names.length);
  for (let node = 1; node < tree.nodeCount; node += 1) {
    const frame = tree.frame[node]!;
    if ((only !== undefined && frame !== only) || node < open[frame]!) continue;
    open[frame] = tree.end[node]!;
    yield nodeId(node);
  }
}

/** Frames that have samples, and match where something is searched, in order. */
export function sortedFunctions(
  tree: FlameTree,
  counts: FunctionCounts,
  key: SortKey,
  descending: boolean,
  search: SearchResult | undefined,
): Uint32Array {
  const frames = tree.names.map((_, frame) => frame);
  const ran = (frame: number) => counts.total[frame]! > 0 || (counts.other?.total[frame] ?? 0) > 0;
  const shown = frames.filter((frame) => ran(frame) && (!search || search.frames[frame] === 1));
  const sign = descending ? -1 : 1;
  const values = valuesOf(counts, key);
  const byName = (a: number, b: number) => (tree.names[a]! < tree.names[b]! ? -1 : tree.names[a]! > tree.names[b]! ? 1 : a - b);
  shown.sort((a, b) => (values ? sign * (values[a]! - values[b]!) || byName(a, b) : sign * byName(a, b)));
  return Uint32Array.from(shown);
}

/** undefined for names, and for columns that only a comparison has. */
function valuesOf({ self, total, other }: FunctionCounts, key: SortKey): Float64Array | undefined {
  switch (key) {
    case "name":
      return undefined;
    case "self":
      return self;
    case "total":
      return total;
    case "change":
      return other?.change;
    case "totalChange":
      return other?.totalChange;
    case "otherSelf":
      return other?.self;
    case "otherTotal":
      return other?.total;
  }
}

/** A function as text in the address: "name (library)". */
export function functionKey(name: string, library: string): string {
  return library === "" ? name : `${name} (${library})`;
}

/**
 * The function of a key, or the one that a filter made of it: the largest of those with its name to V8's prefix. Undefined
 * where this tree has neither.
 */
export function findFunction(tree: FlameTree, key: string): FrameId | undefined {
  const keys = tree.names.map((name, frame) => functionKey(name, tree.libraries[frame] ?? ""));
  const found = keys.indexOf(key);
  if (found >= 0) return frameId(found);
  const plain = plainName(key);
  const alike = new Set(keys.flatMap((one, frame) => (plainName(one) === plain ? [frame] : [])));
  const largest = alike.size > 0 ? largestOf(tree, (node) => alike.has(tree.frame[node]!)) : undefined;
  return largest === undefined ? undefined : frameId(tree.frame[largest]!);
}
