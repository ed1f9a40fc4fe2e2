// Keys on a heatmap: arrows move the selection, Enter zooms to it, Backspace shows all seconds.
import type { KeyboardEvent } from "react";
import type { Heatmap } from "../../../model/heatmap/heatmap";
import { windowOf, type HeatmapView } from "../../../model/heatmap/heatmapView";
import type { TimeRange } from "../../../types/explorer";
import type { Selection } from "../useSelection";

interface HeatmapKeys {
  readonly heatmap: Heatmap;
  readonly selection: Selection;
  readonly view: HeatmapView;
  readonly window: TimeRange | undefined;
  readonly onWindow: (window: TimeRange | undefined) => void;
  readonly onEscape: () => void;
}

/** Return false for a key without a meaning here. */
export function handleHeatmapKey(event: KeyboardEvent, { heatmap, selection, view, window, onWindow, onEscape }: HeatmapKeys): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.key === "Escape") onEscape();
  else if (event.key === "Enter" && selection.range) onWindow(windowOf(selection.range, heatmap.seconds));
  else if (event.key === "Backspace" && window) onWindow(undefined);
  else if (!selection.arrow(event.key, event.shiftKey, view)) return false;
  event.preventDefault();
  return true;
}
