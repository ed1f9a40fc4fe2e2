// A selected range: the one in the address, or the one under the pointer while somebody drags.
import { useMemo, useState } from "react";
import type { Heatmap } from "../../model/heatmap";
import type { HeatmapView } from "../../model/heatmapView";
import { arrowTicks, firstColumn, grown, moved, stepped, toTicks, toTime } from "../../model/selection";
import type { TimeRange } from "../../types/explorer";
import type { TickRange } from "../../types/units";

export interface Selection {
  /** undefined: the whole profile. */
  readonly range: TimeRange | undefined;
  readonly ticks: TickRange | undefined;
  /** Whether it still changes under the pointer. */
  readonly live: boolean;
  readonly preview: (ticks: TickRange | undefined) => void;
  readonly select: (ticks: TickRange) => void;
  readonly clear: () => void;
  /** Moves it by its own length; false where it is at the end already. */
  readonly step: (direction: 1 | -1) => boolean;
  /** An arrow key, over what is shown; true where it was one. */
  readonly arrow: (key: string, grow: boolean, view: HeatmapView) => boolean;
}

export type CommitRange = (range: TimeRange | undefined, how: "push" | "replace") => void;

export function useSelection(
  heatmap: Heatmap | undefined,
  committed: TimeRange | undefined,
  commitRange: CommitRange,
): Selection {
  const [preview, setPreview] = useState<TickRange>();
  const rows = heatmap?.rows;
  const ticks = useMemo(
    () => preview ?? (committed && rows !== undefined ? toTicks(committed, rows) : undefined),
    [preview, committed, rows],
  );
  const range = useMemo(
    () => (preview && rows !== undefined ? toTime(preview, rows) : committed),
    [preview, committed, rows],
  );
  const commit = (next: TickRange, how: "push" | "replace") => {
    setPreview(undefined);
    if (rows !== undefined && next.end > next.first) commitRange(toTime(next, rows), how);
  };
  return {
    range,
    ticks,
    live: preview !== undefined,
    preview: setPreview,
    select: (next) => commit(next, "push"),
    clear: () => {
      setPreview(undefined);
      commitRange(undefined, "push");
    },
    step: (direction) => {
      if (!heatmap || !ticks) return false;
      const next = stepped(ticks, direction, heatmap);
      if (next.first === ticks.first) return false;
      commit(next, "replace");
      return true;
    },
    arrow: (key, grow, view) => {
      if (!heatmap) return false;
      const by = arrowTicks(key, heatmap.rows, view.merge);
      if (by === 0) return false;
      const least = arrowTicks("ArrowUp", heatmap.rows, view.merge);
      if (!ticks) commit(firstColumn(heatmap, view), "push");
      else commit(grow ? grown(ticks, by, heatmap, least) : moved(ticks, by, heatmap), "replace");
      return true;
    },
  };
}
