// The samples of a selection: counted from the cells where possible, else by the server.
import type { HeatmapRequest } from "../../../api/heatmap";
import type { Heatmap } from "../../../model/heatmap/heatmap";
import { samplesIn } from "../../../model/heatmap/selection/selection";
import { useFlameGraph, type FollowedGraph } from "../../../state/explorer/flamegraph";
import { Signal, useSignal } from "../../../state/signal";
import { toCountRequest } from "../../../state/requests";
import type { FlameGraphAnswer } from "../../../types/wire";
import { rangeUnder, type Selection } from "../useSelection";

const NO_ANSWER = new Signal<FlameGraphAnswer | undefined>(undefined);
const NOT_BEHIND = new Signal(false);

export interface Counted {
  readonly samples: number;
  /** Those of the whole profile, in the same unit. */
  readonly whole: number;
  /** The unit of a graph, undefined for what the cells count: those of a trace count slices, its graphs microseconds. */
  readonly unit: string | undefined;
}

/**
 * Return the count, or undefined while it is unknown and without a selection.
 *
 * @param selection as it is under the pointer
 * @param graph of the selection, where one is fetched anyway
 */
export function useSamples(
  request: HeatmapRequest,
  heatmap: Heatmap,
  selection: Selection | undefined,
  graph?: FollowedGraph,
): Counted | undefined {
  const { ticks, range, live = false } = selection ?? {};
  // Cells count samples, not periods.
  const known = ticks && request.cut.weight === "samples" ? samplesIn(heatmap, ticks) : undefined;
  const unknown = ticks !== undefined && known === undefined;
  const resting = toCountRequest(request, live ? undefined : range);
  const following = {
    live: live && unknown && !graph,
    signals: selection ? [selection.dragRange] : [],
    request: () => selection && toCountRequest(request, rangeUnder(selection)),
    nodes: resting.nodes,
  };
  const own = useFlameGraph(resting, following, unknown && !graph && !live);
  const { data, isBehind, liveAnswer, liveBehind } = graph ?? own;
  // What the cells count needs no answer, and renders with none.
  const last = useSignal(unknown ? liveAnswer : NO_ANSWER);
  const behind = useSignal(unknown ? liveBehind : NOT_BEHIND) || (!live && isBehind);
  if (!unknown) return known === undefined ? undefined : { samples: known, whole: heatmap.samples, unit: undefined };
  const answer = behind ? undefined : (last ?? data);
  return answer && { samples: answer.samples, whole: answer.profileSamples, unit: answer.unit };
}
