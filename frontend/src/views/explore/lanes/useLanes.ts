// Whether the lanes are open: for profiles with several values, unless the window is too narrow, a second profile takes
// their room, or the user folded them.
import { useMediaQuery } from "@mantine/hooks";
import { LANES_LEFT, PLOT_LEFT } from "../../../model/heatmap/layout/heatmapLayout";
import { laneCount } from "../../../model/lanes/laneKind";
import { HIDDEN_BELOW } from "../../../model/lanes/laneLayout";
import type { ExplorerState } from "../../../types/explorer";
import type { ExplorerData } from "../useExplorerData";

export function useLanes({ lanesFold }: ExplorerState, { info, lanesBy, elsewhere }: ExplorerData) {
  const narrow = useMediaQuery(`(max-width: ${HIDDEN_BELOW - 1}px)`, false, { getInitialValueInEffect: false }) ?? false;
  const count = info.data && lanesBy ? laneCount(info.data, lanesBy) : 0;
  const open = count > 0 && (lanesFold === "open" || (lanesFold === "auto" && count > 1 && !narrow && !elsewhere));
  // The same place for all pictures: the plot begins where the names of lanes end.
  return { open, narrow, lanesBy, laneCount: count, left: open && !narrow ? LANES_LEFT : PLOT_LEFT };
}
