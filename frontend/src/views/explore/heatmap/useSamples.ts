// How many samples a selection holds: counted from the cells where they tell, else asked of the server.
import type { HeatmapRequest } from "../../../api/heatmap";
import { useFlameGraph, type FollowedGraph } from "../../../state/flamegraph";
import { useMoving } from "../../../state/moving";
import type { HeatmapPicture } from "./useHeatmapPicture";
import { rangeUnder, type Selection } from "../useSelection";

/** Of a graph that is asked for its samples only. */
const FEWEST_NODES = 2;

/**
 * undefined until it is known, and where nothing is selected.
 *
 * @param selection as it is under the pointer
 * @param graph of the selection, where one is asked for anyway
 */
export function useSamples(
  { filename, type, cut }: HeatmapRequest,
  picture: HeatmapPicture,
  selection: Selection | undefined,
  graph?: FollowedGraph,
): number | undefined {
  const { ticks, range, live = false } = selection ?? {};
  // Cells count samples, not periods.
  const known = ticks && cut.weight === "samples" ? picture.samplesIn(ticks) : undefined;
  const unknown = ticks !== undefined && known === undefined;
  const request = { filename, type, cut, inverted: false, nodes: FEWEST_NODES };
  const resting = live ? undefined : range;
  const following = {
    live: live && unknown && !graph,
    moving: selection ? [selection.dragged] : [],
    request: () => selection && { ...request, range: rangeUnder(selection) },
    nodes: FEWEST_NODES,
  };
  const own = useFlameGraph({ ...request, range: resting }, following, unknown && !graph && !live);
  const { data, isBehind, dragged, draggedBehind } = graph ?? own;
  const last = useMoving(dragged);
  const behind = useMoving(draggedBehind) || (!live && isBehind);
  if (!unknown) return known;
  return behind ? undefined : (last ?? data)?.samples;
}
