// What the list shows of files before they are opened. The server reads small ones behind its answer.
import type { PreviewItem } from "../types/wire";
import { address, getJson } from "./client";

export function fetchPreviews(filenames: readonly string[], signal: AbortSignal): Promise<readonly PreviewItem[]> {
  return getJson(address("profile/preview", { filename: filenames }), signal);
}
