// What the flame graph shows while two sides are compared. The selection is A; B is another range, all
// of another profile, or the rest of this one, which the server does not know (model/rest.ts).
import { useMemo } from "react";
import type { ComparisonRequest, FlameGraphRequest, ProfileRange } from "../../api/flamegraph";
import { withOtherTotals } from "../../model/otherTotals";
import { compareWithRest } from "../../model/rest";
import { useFlameGraph } from "../../state/flamegraph";
import type { Compare, TimeRange } from "../../types/explorer";
import type { FlameGraphAnswer } from "../../types/wire";

export interface ComparisonInput {
  /** What A shows by itself. */
  readonly request: FlameGraphRequest;
  readonly compare: Compare | undefined;
  /** Range of B, as it is under the pointer. */
  readonly other: TimeRange | undefined;
  /** Samples in A, once known. */
  readonly selected: number | undefined;
  readonly live: boolean;
}

export function useComparison({ request, compare, other, selected, live }: ComparisonInput) {
  const question = comparisonRequest(request, compare, other);
  const graph = useFlameGraph(question ?? request, { live, enabled: question !== undefined });
  const { rest = false, kind = "differential", flip = false } = compare ?? {};
  const { data } = graph;
  const compared = question !== undefined;
  const beside = question && !rest && kind === "differential" ? question.other : undefined;
  const second = useFlameGraph({ ...request, ...beside }, { live, enabled: beside !== undefined });
  const answer = useMemo((): FlameGraphAnswer | undefined => {
    // A query that is switched off still gives what another one of the same question was answered.
    if (!compared) return undefined;
    if (!rest && kind === "elided") return data;
    if (!rest) return data && second.data && withOtherTotals(data, second.data);
    if (!data?.nodes.delta || selected === undefined) return undefined;
    return compareWithRest(data, selected, kind, flip);
  }, [compared, data, second.data, rest, kind, flip, selected]);
  return {
    ...graph,
    question,
    data: answer,
    error: graph.error ?? (beside ? second.error : null),
    isBehind: graph.isBehind || (beside !== undefined && second.isBehind),
  };
}

/** undefined where there is nothing to compare: no comparison, or the rest of everything. */
export function comparisonRequest(
  request: FlameGraphRequest,
  compare: Compare | undefined,
  range: TimeRange | undefined,
): ComparisonRequest | undefined {
  if (!compare) return undefined;
  const { filename, type } = request;
  const chosen: ProfileRange = { filename, type, range: request.range };
  if (compare.rest) {
    if (!request.range) return undefined;
    return { ...request, range: undefined, kind: "differential", other: chosen };
  }
  const other: ProfileRange = compare.file === "" ? { filename, type, range } : { filename: compare.file, type: compare.type, range };
  const [first, second] = compare.flip ? [other, chosen] : [chosen, other];
  return { ...request, ...first, kind: compare.kind, other: second };
}
