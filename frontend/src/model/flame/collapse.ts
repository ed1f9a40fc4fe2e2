// Runs of frames that say little are drawn as one: a frame that calls only itself, and a chain of frames of the
// runtime, the kernel or packages, each the only callee of the one before. Nothing is lost: all frames of a run have
// the same samples, and a click opens it. The application's own frames are never joined to others.
import { nodeId, ROOT, type NodeId } from "../../types/units";
import { groupByDepth, type FlameTree } from "./flameTree";
import { originAt } from "./frameColour";
import type { SearchResult } from "./search";

/** Shorter runs stay as they are: two rows more are no gain. */
const SHORTEST = 3;

export interface CollapsedTree {
  readonly tree: FlameTree;
  /** The node of the whole tree that each node stands for: the first of its run. */
  readonly source: Uint32Array;
  /** Where each node of the whole tree is drawn. */
  readonly drawn: Uint32Array;
  /** Frames of each node's run; 1 for a frame alone. */
  readonly run: Uint32Array;
}

export interface Collapsing {
  /** Keys of the runs that were opened, see `runKey`. */
  readonly opened: ReadonlySet<string>;
  /** A match keeps its own box. */
  readonly search: SearchResult | undefined;
  /** So does the zoomed frame. */
  readonly zoom: NodeId;
}

/** A run by its first frame, in any tree. */
export function runKey({ names, libraries, frame }: FlameTree, node: number): string {
  return `${names[frame[node]!]}\n${libraries[frame[node]!] ?? ""}`;
}

/** Return undefined where there is no run. */
export function collapseRuns(tree: FlameTree, how: Collapsing): CollapsedTree | undefined {
  const head = headsOf(tree, how);
  if (!head) return undefined;
  const count = tree.nodeCount;
  const drawn = new Uint32Array(count);
  const source: number[] = [];
  for (let node = 0; node < count; node += 1) {
    if (head[node] === node) source.push(node);
    drawn[node] = head[node] === node ? source.length - 1 : drawn[head[node]!]!;
  }
  const run = new Uint32Array(source.length);
  for (let node = 0; node < count; node += 1) run[drawn[node]!]! += 1;
  return { tree: drawnTree(tree, Uint32Array.from(source), drawn), source: Uint32Array.from(source), drawn, run };
}

/** The first node of each node's run; undefined where every node is alone. */
function headsOf(tree: FlameTree, how: Collapsing): Uint32Array | undefined {
  const count = tree.nodeCount;
  const head = Uint32Array.from({ length: count }, (_, node) => node);
  const length = new Uint32Array(count).fill(1);
  for (let node = 2; node < count; node += 1) {
    const parent = tree.parent[node]!;
    if (!continues(tree, how, parent, node)) continue;
    head[node] = head[parent]!;
    length[head[node]!]! += 1;
  }
  let found = false;
  for (let node = 0; node < count; node += 1) {
    const first = head[node]!;
    if (first === node) continue;
    if (length[first]! < SHORTEST || how.opened.has(runKey(tree, first))) head[node] = node;
    else found = true;
  }
  return found ? head : undefined;
}

function continues(tree: FlameTree, { search, zoom }: Collapsing, parent: number, node: number): boolean {
  if (parent === ROOT || tree.end[node] !== tree.end[parent] || node !== parent + 1) return false;
  if (tree.total[node] !== tree.total[parent] || node === zoom || parent === zoom) return false;
  if (tree.delta && tree.delta[node] !== tree.delta[parent]) return false;
  const [above, own] = [tree.frame[parent]!, tree.frame[node]!];
  if (search && (search.frames[above] === 1 || search.frames[own] === 1)) return false;
  if (above === own) return true;
  const origin = originAt(tree, own);
  return origin !== undefined && origin !== "app" && origin === originAt(tree, above);
}

function drawnTree(tree: FlameTree, source: Uint32Array, drawn: Uint32Array): FlameTree {
  const count = source.length;
  const pick = <Values extends Uint32Array | Float64Array>(values: Values, into: Values): Values => {
    for (let at = 0; at < count; at += 1) into[at] = values[source[at]!]!;
    return into;
  };
  const parent = new Uint32Array(count);
  const depth = new Uint32Array(count);
  const end = new Uint32Array(count);
  for (let at = 1; at < count; at += 1) {
    parent[at] = drawn[tree.parent[source[at]!]!]!;
    depth[at] = depth[parent[at]!]! + 1;
  }
  for (let at = 0; at < count; at += 1) {
    const after = tree.end[source[at]!]!;
    end[at] = after < tree.nodeCount ? drawn[after]! : count;
  }
  const self = new Float64Array(count);
  // Of a run only the last frame may have samples of its own.
  for (let node = 0; node < tree.nodeCount; node += 1) self[drawn[node]!]! += tree.self[node]!;
  return {
    ...tree,
    ...groupByDepth(depth),
    nodeCount: count,
    parent,
    depth,
    end,
    self,
    frame: pick(tree.frame, new Uint32Array(count)),
    total: pick(tree.total, new Float64Array(count)),
    left: pick(tree.left, new Float64Array(count)),
    delta: tree.delta && pick(tree.delta, new Float64Array(count)),
    ownDelta: tree.ownDelta && pick(tree.ownDelta, new Float64Array(count)),
  };
}

/** The frames of a node's run, from its first one on. */
export function framesOfRun({ source, run }: CollapsedTree, node: number): NodeId[] {
  return Array.from({ length: run[node] ?? 1 }, (_, at) => nodeId(source[node]! + at));
}
