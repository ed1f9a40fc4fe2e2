// The stored height of the lanes (model/lanes/lanesHeight reads it).
import { StoredText, useStoredText } from "../browserStorage";

const LANES = new StoredText("flamescope.lanes");

/** The stored text and its setter; null resets the height. */
export function useLanesHeightText(): readonly [string | null, (height: number | null) => void] {
  const text = useStoredText(LANES);
  return [text, (height) => void LANES.write(height === null ? "" : String(height))];
}
