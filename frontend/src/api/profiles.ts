// Requests for the profile list, the details of a profile, and the progress of its reading.
import type { Format, ProfileInfo, ProfileItem, ReadingProgress } from "../types/wire";
import { address, getJson, getJsonWith, getTag } from "./client";

/**
 * `pending` counts the files that the server has not looked at yet: it does so now. `age` is in seconds, many where a
 * bucket does not answer.
 */
export interface ProfileList {
  readonly files: readonly ProfileItem[];
  readonly pending: number;
  readonly age: number;
}

export async function fetchProfiles(signal: AbortSignal): Promise<ProfileList> {
  const [files, pending = 0, age = 0] = await getJsonWith<readonly ProfileItem[]>(address("profile/"), ["X-Pending-Files", "X-List-Age"], signal);
  return { files, pending, age };
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

export function fetchProgress(filename: string, signal: AbortSignal): Promise<ReadingProgress> {
  return getJson(address("profile/progress", { filename }), signal);
}
