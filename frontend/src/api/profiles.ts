// Requests for the profile list, the details of a profile, and the progress of its reading.
import type { Format, ProfileInfo, ProfileItem, ProgressAnswer } from "../types/wire";
import { address, getJson, getTag } from "./client";

export function fetchProfiles(signal: AbortSignal): Promise<readonly ProfileItem[]> {
  return getJson(address("profile/"), signal);
}

export function fetchFormats(signal: AbortSignal): Promise<readonly Format[]> {
  return getJson(address("format/"), signal);
}

export function fetchProfileInfo(filename: string, type: string, signal: AbortSignal): Promise<ProfileInfo> {
  return getJson(address("profile/info", { filename, type: type || undefined }), signal);
}

/** Another one for every state of the file, and cheap to ask for: nothing is read. */
export function fetchVersion(filename: string, signal: AbortSignal): Promise<string> {
  return getTag(address("profile/download", { filename }), signal);
}

export function fetchProgress(filename: string, signal: AbortSignal): Promise<ProgressAnswer> {
  return getJson(address("profile/progress", { filename }), signal);
}
