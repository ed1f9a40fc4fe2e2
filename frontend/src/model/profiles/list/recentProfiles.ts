// The profiles that this browser opened last, each with its last view. The newest come first.
import type { RecentProfile } from "../../../types/memory";
import { isRemembered, isSameFile, listIn, LONGEST_QUERY } from "./savedViews";

export const MOST_RECENT = 12;
/** The last moment that a date can hold, in milliseconds. */
const LATEST = 8.64e15;

export type Recent = readonly RecentProfile[];

/** Read the recent profiles of a stored text; any other text has none. */
export function readRecent(text: string | null): Recent {
  return listIn(text)
    .filter(isRecent)
    .slice(0, MOST_RECENT)
    .map(({ file, type, query, at }) => ({ file, type, query, at }));
}

/** Put a profile first, with its present view. A view that is too long to store becomes the whole profile. */
export function looked(recent: Recent, now: RecentProfile): Recent {
  const kept = now.query.length <= LONGEST_QUERY ? now : { ...now, query: "" };
  return [kept, ...forgotten(recent, now)].slice(0, MOST_RECENT);
}

export function forgotten(recent: Recent, one: Pick<RecentProfile, "file" | "type">): Recent {
  return recent.filter((other) => !isSameFile(other, one));
}

function isRecent(value: unknown): value is RecentProfile {
  const at = (value as Partial<RecentProfile> | null)?.at;
  return isRemembered(value) && typeof at === "number" && at >= 0 && at <= LATEST;
}
