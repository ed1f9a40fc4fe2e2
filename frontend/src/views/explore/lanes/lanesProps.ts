// What the lanes are given, by the parts that share it.
import type { Heatmap } from "../../../model/heatmap/heatmap";
import type { HeatmapLayout } from "../../../model/heatmap/layout/heatmapLayout";
import type { ShownLaneKind } from "../../../model/lanes/laneKind";
import type { Mark } from "../../../model/marks/marks";
import type { ChangeExplorer } from "../../../state/explorer/useExplorer";
import type { ExplorerState } from "../../../types/explorer";
import type { Scheme } from "../../../types/scheme";
import type { Found } from "../heatmap/LiveHeatmap";
import type { Breakdowns } from "../useBreakdowns";
import type { Selection } from "../useSelection";

export interface LanesProps {
  readonly by: ShownLaneKind;
  readonly heatmap: Heatmap;
  readonly layout: HeatmapLayout;
  readonly selection: Selection;
  readonly breakdowns: Breakdowns;
  /** They cannot be known, as a notice elsewhere tells. */
  readonly unanswerable: boolean;
  readonly found: Found;
  readonly marks: readonly Mark[];
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
  readonly scheme: Scheme;
  /** Lanes that the file has, as far as its facts tell. */
  readonly count: number;
  /** CSS pixels of all lanes that are in sight. */
  readonly height: number;
  readonly onHeight: (height: number | null) => void;
}
