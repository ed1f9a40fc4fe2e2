// The zoomed frame as text in the address. It must survive another range, another filter and a
// reload, where node numbers change, so it is the path of frames from the root; written as five
// characters a frame, because a stack of a hundred names would not fit into a chat message: four for
// the name without V8's prefix, which filters take off, and one that tells the prefixes apart.
import { hash } from "../../lib/hash";
import { nodeId, ROOT, type NodeId } from "../../types/units";
import { pathTo, type FlameTree } from "./flameTree";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const LENGTH = 5;
const NAME_BITS = 24;
const VARIANT_BITS = 6;
/** JS:*f, JS:^f, LazyCompile:~f, and what a filter makes of them, are one function. */
const V8_PREFIX = /^\s*(?:(?:JS|LazyCompile|InterpretedFunction|Function|Script|Eval):[*+^~]?)?/;

/** "" for the root. */
export function zoomPath(tree: FlameTree, node: NodeId): string {
  return pathTo(tree, node)
    .map((at) => encode(keysOf(tree, tree.frame[at]!)))
    .join("");
}

/**
 * The node that a path leads to, or its nearest ancestor that this tree has. Frames that a filter
 * took away, from the tree or from the path, are passed over: of the nodes that hold the longest part
 * of the path, the one with the fewest other frames between wins, then the one with most frames that
 * are the same to the prefix, then the one with most samples.
 */
export function findZoom(tree: FlameTree, path: string): NodeId {
  if (path === "" || tree.nodeCount === 0) return ROOT;
  const keys = tree.names.map((_, frame) => keysOf(tree, frame));
  const present = new Set(keys.map(({ name }) => name));
  const wanted = decode(path).filter(({ name }) => present.has(name));
  const found: Found = {
    matched: new Uint32Array(tree.nodeCount),
    exact: new Uint32Array(tree.nodeCount),
  };
  let best = 0;
  for (let node = 1; node < tree.nodeCount; node += 1) {
    const parent = tree.parent[node]!;
    const [above, key] = [found.matched[parent]!, keys[tree.frame[node]!]!];
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

function keysOf(tree: FlameTree, frame: number): FrameKeys {
  const name = tree.names[frame] ?? "";
  const library = tree.libraries[frame] ?? "";
  return {
    name: hash(`${name.replace(V8_PREFIX, "")}\n${library}`) >>> (32 - NAME_BITS),
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
