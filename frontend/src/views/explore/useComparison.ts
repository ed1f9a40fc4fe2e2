// What the flame graph shows while two sides are compared. The selection is A; B is another range, all
// of another profile, or the rest of this one.
import type { ComparisonRequest, FlameGraphRequest, ProfileRange } from "../../api/flamegraph";
import { useFlameGraph } from "../../state/flamegraph";
import type { Compare, TimeRange } from "../../types/explorer";

export interface ComparisonInput {
  /** What A shows by itself. */
  readonly request: FlameGraphRequest;
  readonly compare: Compare | undefined;
  /** Range of B, as it is under the pointer. */
  readonly other: TimeRange | undefined;
  readonly live: boolean;
  /** Whether frames without width are looked at, too. */
  readonly whole: boolean;
}

export function useComparison({ request, compare, other, live, whole }: ComparisonInput) {
  const question = comparisonRequest(request, compare, other);
  const graph = useFlameGraph(question ?? request, { live, whole, enabled: question !== undefined });
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
