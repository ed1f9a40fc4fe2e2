// The sizes of the two sides that are compared, from the breakdowns of their ranges.
import { restOf, type Size } from "../../../model/breakdown/sizes";
import { useBreakdown } from "../../../state/explorer/breakdown";
import { toBreakdownRequest } from "../../../state/requests";
import type { Compare, ExplorerState } from "../../../types/explorer";
import type { BreakdownAnswer } from "../../../types/wire";
import { FEW } from "../useBreakdowns";

/**
 * Undefined until they are known.
 *
 * @param readable whether the other file could be read: else this request would fail as the one for its heatmap did
 */
export function useSizes(state: ExplorerState, compare: Compare, readable: boolean): readonly [Size | undefined, Size | undefined] {
  const { rest, file, type } = compare;
  // Of functions, since they honour every filter, and the words of the selection have asked for them.
  const first = useBreakdown(toBreakdownRequest(state, "function", FEW, state.range), true);
  const other = file === "" || rest ? state : { ...state, file, type };
  const second = useBreakdown(toBreakdownRequest(other, "function", FEW, rest ? undefined : compare.range), readable);
  const [a, b] = [sizeOf(first.data), sizeOf(second.data)];
  return [a, rest && a && b ? restOf(b, a) : b];
}

function sizeOf(answer: BreakdownAnswer | undefined): Size | undefined {
  return answer && { samples: answer.samples, seconds: answer.seconds, busy: answer.busy ?? undefined, unit: answer.unit };
}
