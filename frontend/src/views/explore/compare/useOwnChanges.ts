// What changed between the two sides of a comparison, from the graph of each.
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { largestNode, ownChanges, type OwnChange } from "../../../model/breakdown/ownChanges";
import { measureOf, wantedBase, type Measure } from "../../../model/flame/measure";
import { comparedPath } from "../../../model/flame/layout/zoomPath";
import { graphQuery } from "../../../state/explorer/flamegraph";
import { toGraphRequest } from "../../../state/requests";
import type { Compare, ExplorerState } from "../../../types/explorer";
import type { FlameGraphAnswer } from "../../../types/wire";
import { treeOf } from "../flame/useFlameTree";

export interface OwnChanges {
  readonly changes: readonly OwnChange[];
  readonly kind: Measure["kind"];
  /** The zoom at the function, in the graph of the side that has more of it. */
  readonly zoomAt: (change: OwnChange) => string;
}

/**
 * Undefined until both graphs are there.
 *
 * @param answer of this very comparison, once it is drawn: nothing waits for these graphs
 */
export function useOwnChanges(state: ExplorerState, compare: Compare, answer: FlameGraphAnswer | undefined): OwnChanges | undefined {
  const { file, type, range, flip, kind } = compare;
  const upright = { ...state, inverted: false };
  const other = file === "" ? upright : { ...upright, file, type };
  const ready = answer !== undefined;
  const a = useQuery({ ...graphQuery(toGraphRequest(upright, state.range)), enabled: ready }).data;
  const b = useQuery({ ...graphQuery(toGraphRequest(other, range)), enabled: ready }).data;
  const base = wantedBase(compare);
  const sides = answer?.sides;
  // The drawn side is the first: B of a difference that is turned round.
  const turned = kind === "differential" && flip;
  const found = useMemo(() => {
    if (!a || !b || !sides) return undefined;
    const measure = measureOf(sides, base);
    const [first, second] = turned ? [measure.other, measure.drawn] : [measure.drawn, measure.other];
    const trees = { a: treeOf(a), b: treeOf(b) };
    return {
      ...trees,
      changes: ownChanges(trees.a, trees.b, { a: first, b: second }),
      kind: measure.kind,
      zoomAt: (change: OwnChange) => {
        const tree = change.b > change.a ? trees.b : trees.a;
        const node = largestNode(tree, change.key);
        return node === undefined ? "" : comparedPath(tree, node, state.inverted);
      },
    };
  }, [a, b, sides, base, turned, state.inverted]);
  // They stay while the difference is turned round.
  const [last, setLast] = useState(found);
  if (found && found !== last) setLast(found);
  return found ?? (a && b && last?.a === treeOf(a) && last.b === treeOf(b) ? last : undefined);
}
