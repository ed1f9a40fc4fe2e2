// The frames with most samples of their own, for the table that screen readers read in place of the
// picture.
import type { FlameTree } from "./flameTree";

export interface TopFrame {
  readonly name: string;
  readonly library: string;
  readonly self: number;
}

export function topFrames(tree: FlameTree, limit: number): TopFrame[] {
  const self = new Float64Array(tree.names.length);
  for (let node = 0; node < tree.nodeCount; node += 1) self[tree.frame[node]!]! += tree.self[node]!;
  return [...self.keys()]
    .filter((frame) => self[frame]! > 0)
    .sort((a, b) => self[b]! - self[a]!)
    .slice(0, limit)
    .map((frame) => ({ name: tree.names[frame]!, library: tree.libraries[frame] ?? "", self: self[frame]! }));
}
