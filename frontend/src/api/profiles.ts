// The profile list, and how far the server is with reading one.
import type { ProfileItem, ProgressAnswer } from "../types/wire";
import { address, getJson } from "./client";

export function fetchProfiles(signal: AbortSignal): Promise<readonly ProfileItem[]> {
  return getJson(address("profile/"), signal);
}

export function fetchProgress(filename: string, signal: AbortSignal): Promise<ProgressAnswer> {
  return getJson(address("profile/progress", { filename }), signal);
}
