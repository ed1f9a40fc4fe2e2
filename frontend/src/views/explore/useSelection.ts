// A selected range: the one in the address and, during a drag, the one under the pointer. That one changes with
// every move, so it is a signal, which only its readers follow with useLiveSelection.
import { useCallback, useMemo, useRef, useState, type RefObject } from "react";
import type { Heatmap } from "../../model/heatmap/heatmap";
import type { HeatmapView } from "../../model/heatmap/heatmapView";
import { arrowTicks, firstColumn, grown, insideOf, moved, stepped, toTicks, toTime } from "../../model/heatmap/selection/selection";
import { Signal, useSignal } from "../../state/signal";
import type { Cut, TimeRange } from "../../types/explorer";
import type { TickRange } from "../../types/units";

export interface Selection {
  /** undefined: the whole profile. During a drag: as before the drag. */
  readonly range: TimeRange | undefined;
  readonly ticks: TickRange | undefined;
  /** Whether it still changes under the pointer. */
  readonly live: boolean;
  /** The range under the pointer; undefined without a drag. */
  readonly dragRange: Signal<TickRange | undefined>;
  /** Undefined until it is known. */
  readonly heatmap: Heatmap | undefined;
  /** Show a range during a drag, undefined to end it; a drag on a lane also shows that lane alone. */
  readonly preview: (ticks: TickRange | undefined, lane?: Partial<Cut>) => void;
  /** The lane under the pointer during a drag on it, as a part of the cut. */
  readonly dragCut: RefObject<Partial<Cut> | undefined>;
  readonly select: (ticks: TickRange) => void;
  readonly clear: () => void;
  /** Move it by its own length. Return false at the end of the profile. */
  readonly step: (direction: 1 | -1) => boolean;
  /** Handle an arrow key, within the shown part. Return true if it was one. */
  readonly arrow: (key: string, grow: boolean, view: HeatmapView) => boolean;
}

export type CommitRange = (range: TimeRange | undefined, how: "push" | "replace") => void;

export function useSelection(
  heatmap: Heatmap | undefined,
  committed: TimeRange | undefined,
  commitRange: CommitRange,
): Selection {
  const [dragRange] = useState(() => new Signal<TickRange | undefined>(undefined));
  const dragCut = useRef<Partial<Cut>>(undefined);
  const [live, setLive] = useState(false);
  const { rows, columnMs } = heatmap ?? {};
  const ticks = useMemo(
    () => (committed && rows !== undefined && columnMs !== undefined ? toTicks(committed, { rows, columnMs }) : undefined),
    [committed, rows, columnMs],
  );
  const preview = useCallback(
    (next: TickRange | undefined, lane?: Partial<Cut>) => {
      dragCut.current = lane;
      dragRange.set(next);
      setLive(next !== undefined);
    },
    [dragRange],
  );
  const commit = (next: TickRange, how: "push" | "replace") => {
    preview(undefined);
    if (heatmap && next.end > next.first) commitRange(insideOf(toTime(next, heatmap), heatmap), how);
  };
  return {
    range: committed,
    ticks,
    live,
    dragRange,
    dragCut,
    heatmap,
    preview,
    select: (next) => commit(next, "push"),
    clear: () => {
      preview(undefined);
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

const NO_DRAG = new Signal<TickRange | undefined>(undefined);

/** Return the selection with the range under the pointer. */
export function useLiveSelection<Known extends Selection | undefined>(selection: Known): Known {
  const ticks = useSignal(selection?.dragRange ?? NO_DRAG);
  return selection && ticks ? { ...selection, ticks, range: rangeUnder(selection) } : selection;
}

/** Return its range at this moment. */
export function rangeUnder({ dragRange: { value: ticks }, heatmap, range }: Selection): TimeRange | undefined {
  return ticks && heatmap ? insideOf(toTime(ticks, heatmap), heatmap) : range;
}
