// What the flame graph shows while two sides are compared. The selection is A; B is another range, all
// of another profile, or the rest of this one.
import type { ComparisonRequest, FlameGraphRequest } from "../../../api/flamegraph";
import { useFlameGraph, type Following } from "../../../state/flamegraph";

/** @param question undefined: nothing is compared, and `request` stands in its place */
export function useComparison(question: ComparisonRequest | undefined, request: FlameGraphRequest, following: Following) {
  const graph = useFlameGraph(question ?? request, following, question !== undefined);
  // A query that is switched off still gives what another one of the same question was answered.
  return { ...graph, question, data: question && graph.data };
}
