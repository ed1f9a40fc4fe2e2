// The stored height of heatmaps: one for a single heatmap, another for two.
import { StoredText, useStoredText } from "../browserStorage";

const ONE = new StoredText("flamescope.height");
const TWO = new StoredText("flamescope.height.two");

/** The stored text (model/heatmap/layout/plotHeight reads it) and its setter; null resets the height. */
export function useHeightText(heatmaps: number): readonly [string | null, (height: number | null) => void] {
  const kept = heatmaps > 1 ? TWO : ONE;
  const text = useStoredText(kept);
  return [text, (height) => void kept.write(height === null ? "" : String(height))];
}

/** Show hidden heatmaps again. */
export function showHidden(): void {
  for (const kept of [ONE, TWO]) if (kept.read() === "0") kept.write("");
}
