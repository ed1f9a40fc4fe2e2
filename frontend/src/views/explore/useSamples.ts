// How many samples a selection holds: counted from the cells where they tell, else asked of the server.
import type { HeatmapRequest } from "../../api/heatmap";
import { useFlameGraph } from "../../state/flamegraph";
import type { HeatmapPicture } from "./useHeatmapPicture";
import type { Selection } from "./useSelection";

/** undefined until it is known, and where nothing is selected. */
export function useSamples(
  { filename, type, cut }: HeatmapRequest,
  picture: HeatmapPicture,
  selection: Selection | undefined,
): number | undefined {
  const { ticks, range, live = false } = selection ?? {};
  // Cells count samples, not periods.
  const known = ticks && cut.weight === "samples" ? picture.samplesIn(ticks) : undefined;
  const unknown = ticks !== undefined && known === undefined;
  const asked = useFlameGraph({ filename, type, range, cut, inverted: false }, { live, enabled: unknown });
  return unknown && !asked.isBehind ? asked.data?.samples : known;
}
