// The height of heatmaps as this browser keeps it: apart for one and for two, which need different ones.
import { StoredText, useStoredText } from "./browserStorage";

const ONE = new StoredText("flamescope.height");
const TWO = new StoredText("flamescope.height.two");

/** The text that is kept (model/plotHeight reads it), and how to keep another; null: the usual height again. */
export function useHeightText(heatmaps: number): readonly [string | null, (height: number | null) => void] {
  const kept = heatmaps > 1 ? TWO : ONE;
  const text = useStoredText(kept);
  return [text, (height) => void kept.write(height === null ? "" : String(height))];
}

/** Brings hidden heatmaps back, for what is to be seen on them. */
export function showHidden(): void {
  for (const kept of [ONE, TWO]) if (kept.read() === "0") kept.write("");
}
