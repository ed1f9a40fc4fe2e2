// What the flame graph shows while two sides are compared. The selection is A; B is another range, all
// of another profile, or the rest of this one.
import type { ComparisonRequest, FlameGraphRequest, ProfileRange } from "../../../api/flamegraph";
import { useFlameGraph, type Following } from "../../../state/flamegraph";
import type { Compare, TimeRange } from "../../../types/explorer";

/** @param question undefined: nothing is compared, and `request` stands in its place */
export function useComparison(question: ComparisonRequest | undefined, request: FlameGraphRequest, following: Following) {
  const graph = useFlameGraph(question ?? request, following, question !== undefined);
  // A query that is switched off still gives what another one of the same question was answered.
  return { ...graph, question, data: question && graph.data };
}

/** undefined where there is nothing to compare: no comparison, or the rest of everything. */
export function comparisonRequest(
  request: FlameGraphRequest,
  compare: Compare | undefined,
  range: TimeRange | undefined,
): ComparisonRequest | undefined {
  if (!compare) return undefined;
  const { kind, flip } = compare;
  if (compare.rest) return request.range && { ...request, kind, other: flip ? "restFirst" : "restSecond" };
  const { filename, type } = request;
  const chosen: ProfileRange = { filename, type, range: request.range };
  const other: ProfileRange = compare.file === "" ? { filename, type, range } : { filename: compare.file, type: compare.type, range };
  const [first, second] = flip ? [other, chosen] : [chosen, other];
  return { ...request, ...first, kind, other: second };
}
