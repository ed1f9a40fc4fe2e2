// The zoomed frame as text in the address. It must survive another range, another filter and a
// reload, where node numbers change, so it is the path of frames from the root; written as five
// characters a frame, because a stack of a hundred names would not fit into a chat message: four for
// the name without V8's prefix, which filters take off, and one that tells the prefixes apart.
import { hash } from "../../../lib/hash";
import { nodeId, ROOT, type NodeId } from "../../../types/units";
import { pathTo, type FlameTree } from "../flameTree";
import { plainName } from "../frames/plainName";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const LENGTH = 5;
const NAME_BITS = 24;
const VARIANT_BITS = 6;

/** "" for the root. */
export function zoomPath(tree: FlameTree, node: NodeId): string {
  const keys = keysOfTree(tree);
  return pathTo(tree, node)
    .map((at) => encode(keys.of(tree.frame[at]!)))
    .join("");
}

/**
 * The path to a function in a comparison, whose frames have no libraries. Where callers stand below callees, the function
 * itself comes first.
 */
export function comparedPath(tree: FlameTree, node: NodeId, inverted: boolean): string {
  const path = zoomPath({ ...tree, libraries: tree.names.map(() => "") }, node);
  return inverted ? path.slice(-LENGTH) : path;
}

/**
 * The node that a path leads to, or its nearest ancestor that this tree has. Frames that a filter
 * took away, from the tree or from the path, are passed over: of the nodes that hold the longest part
 * of the path, the one with the fewest other frames between wins, then the one with most frames that
 * are the same to the prefix, then the one with most samples.
 */
export function findZoom(tree: FlameTree, path: string): NodeId {
  if (path === "" || tree.nodeCount === 0) return ROOT;
  const wanted = decode(path);
  return wanted.length === 0 ? ROOT : (walkDown(tree, wanted) ?? findNearest(tree, wanted));
}

/** The largest node whose frames are the path, all of them and no others. It looks only at children of such nodes. */
function walkDown(tree: FlameTree, wanted: readonly FrameKeys[]): NodeId | undefined {
  const keys = keysOfTree(tree);
  let reached: number[] = [ROOT];
  for (const { name, variant } of wanted) {
    const below: number[] = [];
    for (const node of reached) {
      const end = tree.end[node]!;
      for (let child = node + 1; child < end; child = tree.end[child]!) {
        const key = keys.of(tree.frame[child]!);
        if (key.name === name && key.variant === variant) below.push(child);
      }
    }
    reached = below;
  }
  let largest = reached[0];
  for (const node of reached) if (tree.total[node]! > tree.total[largest!]!) largest = node;
  return largest === undefined ? undefined : nodeId(largest);
}

/** The search in all nodes, for a tree that has the path only in part. */
function findNearest(tree: FlameTree, path: readonly FrameKeys[]): NodeId {
  const keys = keysOfTree(tree);
  const present = new Set(tree.names.map((_, frame) => keys.of(frame).name));
  const wanted = path.filter(({ name }) => present.has(name));
  const found: Found = {
    matched: new Uint32Array(tree.nodeCount),
    exact: new Uint32Array(tree.nodeCount),
  };
  let best = 0;
  for (let node = 1; node < tree.nodeCount; node += 1) {
    const parent = tree.parent[node]!;
    const [above, key] = [found.matched[parent]!, keys.of(tree.frame[node]!)];
    const next = wanted[above];
    const hit = next?.name === key.name;
    found.matched[node] = hit ? above + 1 : above;
    found.exact[node] = found.exact[parent]! + (hit && next?.variant === key.variant ? 1 : 0);
    if (hit && isBetter(tree, found, node, best)) best = node;
  }
  return nodeId(best);
}

interface Found {
  /** Frames of the path that lie on the way to each node. */
  readonly matched: Uint32Array;
  /** Of these, the ones with the same prefix. */
  readonly exact: Uint32Array;
}

function isBetter(tree: FlameTree, { matched, exact }: Found, node: number, best: number): boolean {
  if (best === 0 || matched[node] !== matched[best]) return matched[node]! > matched[best]!;
  if (tree.depth[node] !== tree.depth[best]) return tree.depth[node]! < tree.depth[best]!;
  if (exact[node] !== exact[best]) return exact[node]! > exact[best]!;
  return tree.total[node]! > tree.total[best]!;
}

interface FrameKeys {
  readonly name: number;
  readonly variant: number;
}

/** The keys of a tree's frames, each computed when it is first needed. */
class TreeKeys {
  private readonly names: readonly string[];
  private readonly libraries: readonly string[];
  private readonly known: (FrameKeys | undefined)[];

  constructor({ names, libraries }: FlameTree) {
    this.names = names;
    this.libraries = libraries;
    this.known = new Array<FrameKeys | undefined>(names.length).fill(undefined);
  }

  of(frame: number): FrameKeys {
    return (this.known[frame] ??= computeKeys(this.names[frame] ?? "", this.libraries[frame] ?? ""));
  }
}

const treeKeys = new WeakMap<FlameTree, TreeKeys>();

function keysOfTree(tree: FlameTree): TreeKeys {
  const known = treeKeys.get(tree);
  if (known) return known;
  const keys = new TreeKeys(tree);
  treeKeys.set(tree, keys);
  return keys;
}

function computeKeys(name: string, library: string): FrameKeys {
  return {
    name: hash(`${plainName(name)}\n${library}`) >>> (32 - NAME_BITS),
    variant: hash(name) >>> (32 - VARIANT_BITS),
  };
}

function encode({ name, variant }: FrameKeys): string {
  let text = "";
  for (let shift = NAME_BITS - 6; shift >= 0; shift -= 6) text += ALPHABET[(name >>> shift) & 63]!;
  return text + ALPHABET[variant]!;
}

/** Malformed text decodes to keys that no tree has, or to nothing. */
function decode(path: string): FrameKeys[] {
  const keys: FrameKeys[] = [];
  for (let at = 0; at + LENGTH <= path.length; at += LENGTH) {
    const digits = Array.from(path.slice(at, at + LENGTH), (letter) => ALPHABET.indexOf(letter));
    const variant = digits.pop()!;
    keys.push({ name: digits.reduce((sum, digit) => sum * 64 + digit, 0), variant });
  }
  return keys;
}
