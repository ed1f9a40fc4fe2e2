// The flame graph of a comparison. The selection is A; B is another range, all
// of another profile, or the rest of this one.
import type { ComparisonRequest, FlameGraphRequest } from "../../../api/flamegraph";
import { useFlameGraph, type FollowingGraph } from "../../../state/explorer/flamegraph";

/** @param question undefined: nothing is compared, and `request` stands in its place */
export function useComparison(question: ComparisonRequest | undefined, request: FlameGraphRequest, following: FollowingGraph) {
  const graph = useFlameGraph(question ?? request, following, question !== undefined);
  // A disabled query still returns the answer of another one with the same request.
  return { ...graph, question, data: question && graph.data };
}
