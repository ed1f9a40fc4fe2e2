// The zoomed frame as text in the address. It must survive another range, another filter and a
// reload, where node numbers change, so it is the path of frames from the root; written as four
// characters a frame, because a stack of a hundred names would not fit into a chat message.
import { hash } from "../lib/hash";
import { nodeId, ROOT, type NodeId } from "../types/units";
import { nameOf, parentOf, pathTo, type FlameTree } from "./flameTree";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const LENGTH = 4;
const MASK = 2 ** (6 * LENGTH) - 1;

/** "" for the root. */
export function zoomPath(tree: FlameTree, node: NodeId): string {
  return pathTo(tree, node)
    .map((at) => encode(keyOf(tree, tree.frame[at]!)))
    .join("");
}

/**
 * The node that a path leads to, or its nearest ancestor that this tree has. Frames that a filter
 * took away, from the tree or from the path, are passed over: of the nodes that hold the longest part
 * of the path, the one with the fewest other frames between wins, then the one with most samples.
 */
export function findZoom(tree: FlameTree, path: string): NodeId {
  const present = new Set(tree.names.map((_, frame) => keyOf(tree, frame)));
  const wanted = decode(path).filter((key) => present.has(key));
  if (wanted.length === 0 || tree.nodeCount === 0) return ROOT;
  const keys = Uint32Array.from(tree.names, (_, frame) => keyOf(tree, frame));
  const matched = new Uint32Array(tree.nodeCount);
  let best = 0;
  for (let node = 1; node < tree.nodeCount; node += 1) {
    const above = matched[tree.parent[node]!]!;
    const hit = above < wanted.length && keys[tree.frame[node]!] === wanted[above];
    matched[node] = hit ? above + 1 : above;
    if (hit && isBetter(tree, matched, node, best)) best = node;
  }
  return nodeId(best);
}

/** Names from the root to the node, for reading: "node ▸ work ▸ hash". */
export function readablePath(tree: FlameTree, node: NodeId, limit: number): string[] {
  const names: string[] = [];
  for (let at = node; at !== ROOT && names.length < limit; at = parentOf(tree, at)) names.push(nameOf(tree, at));
  return names.reverse();
}

function isBetter(tree: FlameTree, matched: Uint32Array, node: number, best: number): boolean {
  if (best === 0 || matched[node] !== matched[best]) return matched[node]! > matched[best]!;
  if (tree.depth[node] !== tree.depth[best]) return tree.depth[node]! < tree.depth[best]!;
  return tree.total[node]! > tree.total[best]!;
}

function keyOf(tree: FlameTree, frame: number): number {
  return hash(`${tree.names[frame] ?? ""}\n${tree.libraries[frame] ?? ""}`) & MASK;
}

function encode(key: number): string {
  let text = "";
  for (let shift = 6 * (LENGTH - 1); shift >= 0; shift -= 6) text += ALPHABET[(key >>> shift) & 63]!;
  return text;
}

/** Malformed text decodes to keys that no tree has, or to nothing. */
function decode(path: string): number[] {
  const keys: number[] = [];
  for (let at = 0; at + LENGTH <= path.length; at += LENGTH) {
    let key = 0;
    for (const letter of path.slice(at, at + LENGTH)) key = key * 64 + ALPHABET.indexOf(letter);
    keys.push(key);
  }
  return keys;
}
