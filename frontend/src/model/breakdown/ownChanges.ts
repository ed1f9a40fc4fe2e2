// The own functions that take another share of one graph than of another. A function has its own samples and those of
// the runtime, the packages and the kernel that it called, up to the next function of the application: V8's builtins
// have most samples of a Node service, whatever it does.
import type { FlameTree } from "../flame/flameTree";
import { originOf } from "../flame/frames/frameOrigin";
import { functionName } from "../flame/frames/plainName";

/** A function with its shares of both sides, from 0 to 1. */
export interface OwnChange {
  /** Without the compiler's tier and the script. */
  readonly name: string;
  readonly a: number;
  readonly b: number;
}

/** A smaller change may be chance. */
const LEAST = 0.01;

/** Return the functions that changed by a point or more, the largest change first. */
export function ownChanges(a: FlameTree, b: FlameTree): readonly OwnChange[] {
  const [first, second] = [ownShares(a), ownShares(b)];
  const keys = [...new Set([...first.keys(), ...second.keys()])];
  return keys
    .map((key) => ({ name: key.slice(0, key.indexOf("\n")), a: first.get(key) ?? 0, b: second.get(key) ?? 0 }))
    .filter((one) => size(one) >= LEAST)
    .sort((one, other) => size(other) - size(one) || (one.name < other.name ? -1 : 1));
}

function size({ a, b }: OwnChange): number {
  return Math.abs(b - a);
}

/** By name and script: another release has the function in another line, another run in another tier. */
function ownShares(tree: FlameTree): ReadonlyMap<string, number> {
  const isOwn = tree.names.map((name, frame) => originOf(name, tree.libraries[frame]!, tree.kinds[frame]!) === "app");
  const samples = new Float64Array(tree.names.length);
  const nearest = new Int32Array(tree.nodeCount).fill(-1);
  // In pre-order, a caller comes before what it called.
  for (let node = 1; node < tree.nodeCount; node += 1) {
    const frame = tree.frame[node]!;
    nearest[node] = isOwn[frame] && !isOwner(tree, node) ? frame : nearest[tree.parent[node]!]!;
    if (nearest[node]! >= 0) samples[nearest[node]!]! += tree.self[node]!;
  }
  const shares = new Map<string, number>();
  samples.forEach((count, frame) => {
    if (count === 0) return;
    const { name, script } = functionName(tree.names[frame]!, tree.libraries[frame]!);
    const key = `${name}\n${script}`;
    shares.set(key, (shares.get(key) ?? 0) + count / tree.samples);
  });
  return shares;
}

/** Commands stand below the root, without a kind, above the functions of their threads. */
function isOwner(tree: FlameTree, node: number): boolean {
  const frame = tree.frame[node]!;
  return tree.depth[node] === 1 && tree.kinds[frame] === "" && tree.libraries[frame] === "" && tree.end[node]! > node + 1;
}
