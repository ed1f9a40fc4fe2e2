// The profiles that this browser looked at last, each as it was left: the newest first, a few of them.
import type { RecentProfile } from "../../types/memory";
import { isRemembered, listIn, LONGEST_QUERY } from "./savedViews";

export const MOST_RECENT = 12;
/** The last moment that a date can hold, in milliseconds. */
const LATEST = 8.64e15;

export type Recent = readonly RecentProfile[];

/** Gives those of a text that was kept, or of any other text. */
export function readRecent(text: string | null): Recent {
  return listIn(text)
    .filter(isRecent)
    .slice(0, MOST_RECENT)
    .map(({ file, type, query, at }) => ({ file, type, query, at }));
}

/** With a profile first, as it is left now. A view that is too long to keep is kept as the whole profile. */
export function looked(recent: Recent, now: RecentProfile): Recent {
  const kept = now.query.length <= LONGEST_QUERY ? now : { ...now, query: "" };
  return [kept, ...forgotten(recent, now)].slice(0, MOST_RECENT);
}

export function forgotten(recent: Recent, { file, type }: Pick<RecentProfile, "file" | "type">): Recent {
  return recent.filter((other) => other.file !== file || other.type !== type);
}

function isRecent(value: unknown): value is RecentProfile {
  const at = (value as Partial<RecentProfile> | null)?.at;
  return isRemembered(value) && typeof at === "number" && at >= 0 && at <= LATEST;
}
