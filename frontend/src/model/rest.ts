// A selection beside the rest of its profile. The server compares two ranges, and the rest is none:
// it is the profile without one. So the whole profile is compared with the selection, the selection's
// samples are read back from the difference, and what remains is the rest. The difference was rounded
// by at most a half and is scaled by a number below 1 (selection to whole), so reading back is exact.
//   delta = round(whole − selected · w/a)  ⇒  selected = round((whole − delta) · a/w)
import type { Comparison } from "../types/explorer";
import type { FlameGraphAnswer } from "../types/wire";

interface Side {
  readonly self: Float64Array;
  readonly total: Float64Array;
}

/**
 * @param whole the differential graph of the whole profile (first) and the selection (second)
 * @param selected samples in the selection
 * @param flip whether the rest stands first
 */
export function compareWithRest(
  whole: FlameGraphAnswer,
  selected: number,
  kind: Comparison,
  flip: boolean,
): FlameGraphAnswer {
  const { depth } = whole.nodes;
  const chosen = selectedSelf(whole, selected);
  const rest = Float64Array.from(whole.nodes.self, (own, node) => own - chosen[node]!);
  const sides = [chosen, rest].map((self): Side => ({ self, total: totalsOf(self, depth) }));
  const [first, second] = (flip ? sides.reverse() : sides) as [Side, Side];
  const scale = second.total[0]! > 0 ? first.total[0]! / second.total[0]! : 0;
  return kind === "differential" ? differential(whole, first, second, scale) : elided(whole, first, second, scale);
}

/** Own samples of each node that lie in the selection. */
export function selectedSelf(whole: FlameGraphAnswer, selected: number): Float64Array {
  const { self, delta = [] } = whole.nodes;
  const scale = whole.nodes.total[0]! > 0 ? selected / whole.nodes.total[0]! : 0;
  return Float64Array.from(self, (own, node) => Math.min(Math.max(Math.round((own - (delta[node] ?? own)) * scale), 0), own));
}

function differential(whole: FlameGraphAnswer, first: Side, second: Side, scale: number): FlameGraphAnswer {
  const delta = first.self.map((own, node) => Math.round(own - second.self[node]! * scale));
  const otherTotal = second.total.map((value) => value * scale);
  return kept({ ...whole, samples: first.total[0]! }, first.total, first.self, { delta, otherTotal });
}

/** What only the second has, in shares of the first; what both have stays as the way there, without samples of its own. */
function elided(whole: FlameGraphAnswer, first: Side, second: Side, scale: number): FlameGraphAnswer {
  const self = second.self.map((own, node) => (first.total[node]! > 0 ? 0 : Math.round(own * scale)));
  return kept({ ...whole, samples: first.total[0]! }, second.total, self, undefined);
}

/** The graph of the nodes that are present: those with samples at or below them, and the root. */
function kept(
  whole: FlameGraphAnswer,
  present: Float64Array,
  self: Float64Array,
  difference: { readonly delta: Float64Array; readonly otherTotal: Float64Array } | undefined,
): FlameGraphAnswer {
  const nodes = [...present.keys()].filter((node) => node === 0 || present[node]! > 0);
  const depth = nodes.map((node) => whole.nodes.depth[node]!);
  const own = Float64Array.from(nodes, (node) => self[node]!);
  return {
    ...whole,
    nodes: {
      frame: nodes.map((node) => whole.nodes.frame[node]!),
      depth,
      self: Array.from(own),
      total: Array.from(totalsOf(own, depth)),
      ...(difference && {
        delta: nodes.map((node) => difference.delta[node]!),
        otherTotal: nodes.map((node) => difference.otherTotal[node]!),
      }),
    },
  };
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
