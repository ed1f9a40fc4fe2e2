// How much the other side of a comparison has at and below each node. The server tells the difference of
// own samples, and only of the stacks that the first side has; added up, it would forget what the other
// side has deeper down and alone, and call every caller more. So the other side's totals are laid over
// the first side's nodes: same path of (name, kind), whatever the library, as the server compares.
import type { FlameGraphAnswer } from "../types/wire";

/** The first side with `otherTotal` on its nodes, scaled to the first side's samples. */
export function withOtherTotals(first: FlameGraphAnswer, second: FlameGraphAnswer): FlameGraphAnswer {
  const keys = new Map<string, number>();
  const keyOf = (name: string, kind: string): number => {
    const text = `${kind}\n${name}`;
    const known = keys.get(text) ?? keys.size;
    keys.set(text, known);
    return known;
  };
  const [ours, theirs] = [first, second].map(({ frames }) => frames.name.map((name, at) => keyOf(name, frames.kind[at] ?? "")));
  const places = new Map<number, number>();
  walk(first, (node, parent) => {
    if (node > 0) places.set(parent * keys.size + ours![first.nodes.frame[node]!]!, node);
    return node;
  });
  const scale = second.samples > 0 ? first.samples / second.samples : 0;
  const otherTotal = new Array<number>(first.nodes.frame.length).fill(0);
  walk(second, (node, parent) => {
    const place = node === 0 ? 0 : parent < 0 ? -1 : (places.get(parent * keys.size + theirs![second.nodes.frame[node]!]!) ?? -1);
    if (place >= 0) otherTotal[place]! += second.nodes.total[node]! * scale;
    return place;
  });
  return { ...first, nodes: { ...first.nodes, otherTotal } };
}

/** Visits nodes in pre-order with what the visit of their parent gave. */
function walk({ nodes }: FlameGraphAnswer, visit: (node: number, parent: number) => number): void {
  const open: number[] = [];
  for (let node = 0; node < nodes.depth.length; node += 1) {
    const depth = nodes.depth[node]!;
    open[depth] = visit(node, depth > 0 ? open[depth - 1]! : -1);
  }
}
