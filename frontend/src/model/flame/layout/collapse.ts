// Runs of frames that say little are drawn as one: a frame that calls only itself, and a chain of frames of the
// runtime, the kernel or packages, each the only callee of the one before. Nothing is lost: all frames of a run have
// the same samples, and a click opens it. The application's own frames are never joined to others.
import { firstIndex } from "../../../lib/numbers";
import { nodeId, ROOT, type NodeId } from "../../../types/units";
import { groupByDepth, type FlameTree } from "../flameTree";
import { originAt } from "../frames/frameColour";
import { ORIGINS, type Origin } from "../frames/frameOrigin";
import type { SearchResult } from "../search";

/** Origins whose frames are joined to others of the same. */
const JOINED: readonly (Origin | undefined)[] = ORIGINS.filter((origin) => origin !== "app");

/** Shorter runs stay as they are: two rows more are no gain. */
const SHORTEST = 3;

export interface CollapsedTree {
  readonly tree: FlameTree;
  /** The node of the whole tree that each node stands for: the first of its run. Rising. */
  readonly source: Uint32Array;
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
  return keyOf(names[frame[node]!]!, libraries[frame[node]!]);
}

function keyOf(name: string, library: string | undefined): string {
  return `${name}\n${library ?? ""}`;
}

/** Return undefined where there is no run. */
export function collapseRuns(tree: FlameTree, how: Collapsing): CollapsedTree | undefined {
  const source = headsOf(tree, how);
  return source.length < tree.nodeCount ? collapsedTree(tree, source) : undefined;
}

/** Where a node of the whole tree is drawn. */
export function drawnAt({ source }: CollapsedTree, node: NodeId): NodeId {
  return nodeId(firstIndex(0, source.length, (at) => source[at]! > node) - 1);
}

/**
 * The runs of a tree for a zoom, where `collapsed` are those for none. A frame with a box of its own, as of nearly every
 * zoom, changes nothing: looking for runs in 400 000 nodes again would take longer than a picture may.
 */
export function keepZoom(tree: FlameTree, collapsed: CollapsedTree, how: Collapsing): CollapsedTree | undefined {
  return collapsed.run[drawnAt(collapsed, how.zoom)]! > 1 ? collapseRuns(tree, how) : collapsed;
}

/** The first node of each run, and all nodes that are in none. The nodes of a run follow each other. */
function headsOf(tree: FlameTree, how: Collapsing): Uint32Array {
  const count = tree.nodeCount;
  const { parent, end, frame } = tree;
  const isOpened = openedFrames(tree, how.opened);
  const continues = continuing(tree, how);
  const heads = new Uint32Array(count);
  let found = 0;
  let first = 0;
  for (let node = 1; node <= count; node += 1) {
    const above = node - 1;
    // The cheapest conditions first: an only child follows its parent and ends where it does.
    if (node < count && parent[node] === above && end[node] === end[above] && above !== ROOT && continues(above, node)) continue;
    const isRun = node - first >= SHORTEST && isOpened?.[frame[first]!] !== 1;
    for (const after = isRun ? first + 1 : node; first < after; first += 1) heads[found++] = first;
    first = node;
  }
  return heads.slice(0, found);
}

/** By the names of an answer, and by frame: 0 for frames that are joined to equal ones only. */
const joinedOf = new WeakMap<readonly string[], Uint8Array>();

function joinedOrigins(tree: FlameTree): Uint8Array {
  const before = joinedOf.get(tree.names);
  if (before) return before;
  const found = Uint8Array.from(tree.names, (_, frame) => JOINED.indexOf(originAt(tree, frame)) + 1);
  joinedOf.set(tree.names, found);
  return found;
}

/** 1 for each frame whose runs are opened; undefined where none are. */
function openedFrames({ names, libraries }: FlameTree, opened: ReadonlySet<string>): Uint8Array | undefined {
  if (opened.size === 0) return undefined;
  return Uint8Array.from(names, (name, frame) => (opened.has(keyOf(name, libraries[frame])) ? 1 : 0));
}

/** Differences that are less than half a sample apart are drawn as one. */
const ALIKE = 0.5;

/** Whether an only child belongs to the run of its parent. */
function continuing(tree: FlameTree, { search, zoom }: Collapsing): (parent: number, node: number) => boolean {
  const { total, delta, frame } = tree;
  const matched = search?.frames;
  const joined = joinedOrigins(tree);
  return (parent, node) => {
    if (total[node] !== total[parent] || node === zoom || parent === zoom) return false;
    if (delta && Math.abs(delta[node]! - delta[parent]!) >= ALIKE) return false;
    const above = frame[parent]!;
    const own = frame[node]!;
    if (matched && (matched[above] === 1 || matched[own] === 1)) return false;
    return above === own || (joined[own] !== 0 && joined[own] === joined[above]);
  };
}

function collapsedTree(tree: FlameTree, source: Uint32Array): CollapsedTree {
  const count = source.length;
  const pick = <Values extends Uint32Array | Float64Array>(values: Values, into: Values): Values => {
    for (let at = 0; at < count; at += 1) into[at] = values[source[at]!]!;
    return into;
  };
  const run = new Uint32Array(count);
  const self = new Float64Array(count);
  for (let at = 0; at < count; at += 1) {
    const after = at + 1 < count ? source[at + 1]! : tree.nodeCount;
    run[at] = after - source[at]!;
    // Of a run only the last frame may have samples of its own.
    self[at] = tree.self[after - 1]!;
  }
  const places = placesOf(tree, source);
  const drawn = {
    ...tree,
    ...groupByDepth(places.depth),
    ...places,
    nodeCount: count,
    self,
    frame: pick(tree.frame, new Uint32Array(count)),
    total: pick(tree.total, new Float64Array(count)),
    left: pick(tree.left, new Float64Array(count)),
    delta: tree.delta && pick(tree.delta, new Float64Array(count)),
    ownDelta: tree.ownDelta && pick(tree.ownDelta, new Float64Array(count)),
  };
  return { tree: drawn, source, run };
}

/** Parents, depths and ends of the nodes that stand for those of `source`. */
function placesOf(tree: FlameTree, source: Uint32Array) {
  const count = source.length;
  const parent = new Uint32Array(count);
  const depth = new Uint32Array(count);
  const end = new Uint32Array(count).fill(count);
  // The nodes above the present one, by their new depth, and their depths in the whole tree.
  const open = [0];
  const depths = [0];
  let last = 0;
  for (let at = 1; at < count; at += 1) {
    const level = tree.depth[source[at]!]!;
    while (depths[last]! >= level) {
      end[open[last]!] = at;
      last -= 1;
    }
    parent[at] = open[last]!;
    last += 1;
    open[last] = at;
    depths[last] = level;
    depth[at] = last;
  }
  return { parent, depth, end };
}
