// The findings of a profile: periodic, odd and new activity.
import type { FindingsAnswer } from "../types/wire";
import { address, getJson } from "./client";

export function fetchFindings(filename: string, type: string, signal: AbortSignal): Promise<FindingsAnswer> {
  return getJson(address("findings/", { filename, type: type || undefined }), signal);
}
