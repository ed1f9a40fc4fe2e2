// One function between its callers and its callees: two trees with the function as their root. All its
// outermost calls are put on top of each other; a recursive call counts with the call around it.
import type { FrameId } from "../../types/units";
import type { FlameGraphAnswer } from "../../types/wire";
import type { FlameTree } from "./flameTree";
import { outermostNodes } from "./functionTable";

export interface Sandwich {
  /** Level 1 are the callers, level 2 their callers. */
  readonly callers: FlameGraphAnswer;
  readonly callees: FlameGraphAnswer;
}

/** @param change of the function itself in a comparison, as its row of the table has it: also in stacks that only the other side has */
export function sandwich(tree: FlameTree, frame: FrameId, inverted: boolean, change?: number): Sandwich {
  const above = towardsRoot(tree, frame, change);
  const below = towardsLeaves(tree, frame, change);
  return inverted ? { callers: below, callees: above } : { callers: above, callees: below };
}

function towardsLeaves(tree: FlameTree, frame: FrameId, change: number | undefined): FlameGraphAnswer {
  const trie = new Trie(frame, tree.names.length);
  const { delta } = tree;
  const place: number[] = [];
  for (const top of outermostNodes(tree, frame)) {
    const level = tree.depth[top]!;
    place[0] = 0;
    trie.add(0, tree.self[top]!);
    trie.differ(0, delta?.[top]);
    for (let node = top + 1; node < tree.end[top]!; node += 1) {
      const depth = tree.depth[node]! - level;
      place[depth] = trie.child(place[depth - 1]!, tree.frame[node]!);
      trie.add(place[depth], tree.self[node]!);
      trie.differ(place[depth], delta?.[node]);
    }
  }
  return trie.answer(tree, change);
}

function towardsRoot(tree: FlameTree, frame: FrameId, change: number | undefined): FlameGraphAnswer {
  const trie = new Trie(frame, tree.names.length);
  for (const top of outermostNodes(tree, frame)) {
    let place = 0;
    trie.differ(place, tree.delta?.[top]);
    for (let node = tree.parent[top]!; node > 0; node = tree.parent[node]!) {
      place = trie.child(place, tree.frame[node]!);
      trie.differ(place, tree.delta?.[top]);
    }
    trie.add(place, tree.total[top]!);
  }
  return trie.answer(tree, change);
}

/** Nodes in the order of their making, parents first; the children of a node by frame in one map. */
class Trie {
  readonly parent: number[] = [0];
  readonly frame: number[];
  private readonly self: number[] = [0];
  /** Samples at and below each node, more than on the other side of a comparison. */
  private readonly delta: number[] = [0];
  private readonly places = new Map<number, number>();
  private readonly frames: number;

  /** @param frames how many there are, so that a node and a frame make one key */
  constructor(root: number, frames: number) {
    this.frame = [root];
    this.frames = frames;
  }

  child(parent: number, frame: number): number {
    const key = parent * this.frames + frame;
    const known = this.places.get(key);
    if (known !== undefined) return known;
    const made = this.parent.length;
    this.places.set(key, made);
    this.parent.push(parent);
    this.frame.push(frame);
    this.self.push(0);
    this.delta.push(0);
    return made;
  }

  add(node: number, self: number): void {
    this.self[node]! += self;
  }

  differ(node: number, delta = 0): void {
    this.delta[node]! += delta;
  }

  /** As a server would answer it, in pre-order. @param change of the root, where it is known */
  answer(tree: FlameTree, change: number | undefined): FlameGraphAnswer {
    const order = this.preOrder();
    const depth = new Uint32Array(this.parent.length);
    for (let node = 1; node < depth.length; node += 1) depth[node] = depth[this.parent[node]!]! + 1;
    const depths = order.map((node) => depth[node]!);
    const self = order.map((node) => this.self[node]!);
    const delta = order.map((node) => (node === 0 && change !== undefined ? change : this.delta[node]!));
    return {
      frames: { name: tree.names, library: tree.libraries, kind: tree.kinds },
      nodes: {
        frame: order.map((node) => this.frame[node]!),
        depth: depths,
        self,
        total: Array.from(totalsOf(self, depths)),
        ...(tree.delta && { totalDelta: delta }),
      },
      // Shares are of the selection, as everywhere.
      samples: tree.samples,
      profileSamples: tree.profileSamples,
      profileLevels: tree.profileLevels,
      start: 0,
      end: 0,
      unit: tree.unit,
    };
  }

  private preOrder(): number[] {
    const first = new Uint32Array(this.parent.length);
    const next = new Uint32Array(this.parent.length);
    for (let node = this.parent.length - 1; node > 0; node -= 1) {
      next[node] = first[this.parent[node]!]!;
      first[this.parent[node]!] = node;
    }
    const order: number[] = [];
    const pending = [0];
    while (pending.length > 0) {
      const node = pending.pop()!;
      order.push(node);
      for (let child = first[node]!; child > 0; child = next[child]!) pending.push(child);
    }
    return order;
  }
}

/** Samples at and below each node, of nodes in pre-order. */
export function totalsOf(self: ArrayLike<number>, depth: ArrayLike<number>): Float64Array {
  const total = Float64Array.from(self);
  const open: number[] = [];
  const parent = new Uint32Array(total.length);
  for (let node = 0; node < total.length; node += 1) {
    open[depth[node]!] = node;
    parent[node] = depth[node]! > 0 ? open[depth[node]! - 1]! : 0;
  }
  for (let node = total.length - 1; node > 0; node -= 1) total[parent[node]!]! += total[node]!;
  return total;
}
