// The heatmap of the open profile: its selection, and the second one while two ranges of it are compared.
import type { ReactNode } from "react";
import type { Side } from "../../../canvas/gestures/useHeatmapGesture";
import type { Heatmap } from "../../../model/heatmap/heatmap";
import { sameRange } from "../../../model/heatmap/selection/selection";
import type { Marks } from "../../../model/marks/marks";
import type { TimeOfDay } from "../../../lib/timeOfDay";
import type { ChangeExplorer } from "../../../state/explorer/useExplorer";
import type { ExplorerState, TimeRange } from "../../../types/explorer";
import type { Scheme } from "../../../types/scheme";
import type { Selection } from "../useSelection";
import { HeatmapPane, type HeatmapSource } from "./HeatmapPane";
import type { Found } from "./LiveHeatmap";
import type { HeatmapPicture } from "./useHeatmapPicture";
import { HeatmapSettings } from "./HeatmapSettings";

const TEST_IDS = { heatmap: "heatmap", overview: "overview", legend: "heatmap-legend" };

interface HeatmapPanelProps {
  readonly heatmap: Heatmap;
  readonly source: HeatmapSource;
  readonly selection: Selection;
  /** The second selection on this heatmap, while two are compared. */
  readonly second: Selection | undefined;
  readonly side: Side;
  /** Takes a range that was dragged for a side that is not compared yet. */
  readonly onSecond: (range: TimeRange) => void;
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
  readonly scheme: Scheme;
  /** The unit of the cells; undefined until it is known. */
  readonly unit: string | undefined;
  /** CSS pixels that the plot should be high. */
  readonly plot: number;
  /** CSS pixels left of the plot. */
  readonly left: number;
  readonly found: Found;
  readonly marks: Marks;
  readonly timeOfDay: TimeOfDay | undefined;
  /** In the row below the picture, where the header has no room for them. */
  readonly actions: ReactNode;
  readonly onEscape: () => void;
  /** First in the row below the picture, and what is below that row. */
  readonly lead: ReactNode;
  readonly below: (picture: HeatmapPicture) => ReactNode;
}

export function HeatmapPanel({ selection, second, onSecond, change, actions, ...props }: HeatmapPanelProps) {
  const { state } = props;
  return (
    <HeatmapPane
      {...props}
      change={change}
      selections={second ? { A: selection, B: second } : { A: selection }}
      onNewSide={onSecond}
      window={state.window}
      onWindow={(window, how) => change({ window }, how)}
      title="When"
      description="Samples by time"
      testIds={TEST_IDS}
      settings={({ layout: { view } }, shown) => (
        <>
          {actions}
          <HeatmapSettings
            state={state}
            change={change}
            merged={view.merge > 1}
            onShowAll={shown && (() => change({ window: undefined }))}
            onSelectShown={shown && !sameRange(shown, selection.range) ? () => change({ range: shown }) : undefined}
          />
        </>
      )}
      explained
    />
  );
}
