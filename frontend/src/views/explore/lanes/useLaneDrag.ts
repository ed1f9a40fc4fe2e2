// A drag on a lane selects that time and that lane. The flame graph follows with the lane's samples alone.
import { useRef, type PointerEvent } from "react";
import type { Heatmap } from "../../../model/heatmap/heatmap";
import type { HeatmapLayout } from "../../../model/heatmap/layout/heatmapLayout";
import { insideOf, toTime } from "../../../model/heatmap/selection/selection";
import type { ShownLaneKind } from "../../../model/lanes/laneKind";
import { LANE, laneRange } from "../../../model/lanes/laneLayout";
import type { LaneRow } from "../../../model/lanes/laneRows";
import type { ChangeExplorer } from "../../../state/explorer/useExplorer";
import type { ExplorerState } from "../../../types/explorer";
import { withChosen } from "../../../types/facets";
import type { Selection } from "../useSelection";

interface LaneDragOptions {
  readonly rows: readonly LaneRow[];
  readonly by: ShownLaneKind;
  readonly state: ExplorerState;
  readonly heatmap: Heatmap;
  readonly layout: HeatmapLayout;
  readonly selection: Selection;
  readonly change: ChangeExplorer;
  readonly scrolled: () => number;
  readonly onDragging: (dragging: boolean) => void;
}

export function useLaneDrag({ rows, by, state, heatmap, layout, selection, change, scrolled, onDragging }: LaneDragOptions) {
  const held = useRef<{ readonly value: string; readonly x: number }>(undefined);
  const end = () => {
    held.current = undefined;
    onDragging(false);
  };
  const rangeTo = ({ nativeEvent: { offsetX } }: PointerEvent) => laneRange(heatmap, layout, held.current!.x, offsetX);
  return {
    onPress(event: PointerEvent<HTMLCanvasElement>) {
      const { offsetX, offsetY } = event.nativeEvent;
      const row = rows[Math.floor((offsetY + scrolled()) / LANE.height)];
      if (event.button !== 0 || !row || offsetX < layout.plotLeft) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      held.current = { value: row.value, x: offsetX };
      onDragging(true);
      selection.preview(rangeTo(event), withChosen(state, by, [row.value]));
    },
    onMove(event: PointerEvent<HTMLCanvasElement>) {
      if (held.current) selection.preview(rangeTo(event), withChosen(state, by, [held.current.value]));
    },
    onRelease(event: PointerEvent<HTMLCanvasElement>) {
      if (!held.current) return;
      const range = insideOf(toTime(rangeTo(event), heatmap), heatmap);
      const { value } = held.current;
      end();
      selection.preview(undefined);
      change({ range, ...withChosen(state, by, [value]) });
    },
    onCancel() {
      if (!held.current) return;
      end();
      selection.preview(undefined);
    },
  };
}
