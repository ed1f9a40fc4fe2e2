// The heatmap's canvas with what changes at every move of the pointer: the ranges being dragged and the cell
// under the pointer. Only this renders with a move.
import { useMemo } from "react";
import { HeatmapCanvas, type HeatmapCanvasProps } from "../../../canvas/HeatmapCanvas";
import type { LabelledRange } from "../../../canvas/painting/paintSelection";
import type { Side } from "../../../canvas/gestures/useHeatmapGesture";
import { tickCount } from "../../../model/heatmap/heatmap";
import { findingRanges } from "../../../model/findings/findings";
import { toTicks } from "../../../model/heatmap/selection/selection";
import { useSignal, type Signal } from "../../../state/signal";
import type { TimeRange } from "../../../types/explorer";
import type { Tick } from "../../../types/units";
import type { Finding } from "../../../types/wire";
import { useLiveSelection, type Selection } from "../useSelection";

/** The selections that a heatmap shows, by the side of a comparison that they are. */
export type Selections = Readonly<Partial<Record<Side, Selection>>>;

/** The finding under the pointer, and the ranges of the one that is selected. */
export interface Found {
  readonly pointed: Signal<Finding | undefined>;
  readonly ranges: readonly TimeRange[];
}

/** The ranges that a finding is about: of the one under the pointer, else of the one that is selected. */
export function useFoundRanges({ pointed, ranges }: Found): readonly TimeRange[] {
  const finding = useSignal(pointed);
  return useMemo(() => (finding ? findingRanges(finding) : ranges), [finding, ranges]);
}

interface LiveHeatmapProps extends Omit<HeatmapCanvasProps, "ranges" | "found" | "hovered"> {
  readonly of: Found;
  readonly selections: Selections;
  /** A range for a side that is not compared yet. */
  readonly draft: Signal<LabelledRange | undefined>;
  readonly pointer: Signal<Tick | undefined>;
  readonly compared: boolean;
}

export function LiveHeatmap({ selections, draft, pointer, compared, of, ...props }: LiveHeatmapProps) {
  const { heatmap } = props;
  const times = useFoundRanges(of);
  const found = useMemo(() => times.map((range) => toTicks(range, heatmap)), [times, heatmap]);
  const first = useLiveSelection(selections.A)?.ticks;
  const second = useLiveSelection(selections.B)?.ticks;
  const drafted = useSignal(draft);
  const hovered = useSignal(pointer);
  const ranges = useMemo(() => {
    const labelled: LabelledRange[] = [];
    if (first) labelled.push({ ticks: first, label: compared || drafted ? "A" : "" });
    if (second) labelled.push({ ticks: second, label: "B" });
    else if (drafted) labelled.push(drafted);
    return labelled;
  }, [first, second, compared, drafted]);
  const shown = hovered !== undefined && hovered < tickCount(heatmap) ? hovered : undefined;
  return <HeatmapCanvas {...props} ranges={ranges} found={found} hovered={shown} />;
}
