// Previews of files in the list. The server reads small files in the background, after its answer.
import type { PreviewItem } from "../types/wire";
import { address, getJson } from "./client";

export function fetchPreviews(filenames: readonly string[], signal: AbortSignal): Promise<readonly PreviewItem[]> {
  return getJson(address("profile/preview", { filename: filenames }), signal);
}
