// Properties shared by the flame panel and its bars and menus.
import type { Side } from "../../../canvas/gestures/useHeatmapGesture";
import type { ChangeExplorer } from "../../../state/explorer/useExplorer";
import type { ExplorerState } from "../../../types/explorer";
import type { Scheme } from "../../../types/scheme";
import type { ExplorerData } from "../useExplorerData";

export interface FlamePanelProps {
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
  readonly scheme: Scheme;
  readonly data: ExplorerData;
  readonly side: Side;
  readonly onSide: (side: Side) => void;
}
