// The profile table's order and grouping, apart from the table: search, sort, then group by folder,
// folders in the order of their first profile.
import type { Preview, PreviewItem, ProfileItem } from "../../../types/wire";

export type SortKey = "name" | "type" | "size" | "modified" | "duration" | "samples" | "command" | "host" | "event";

/** A file of the list and its preview. */
export interface ListedItem extends ProfileItem {
  readonly preview?: Preview | undefined;
  /** The leading finding, "" where nothing stands out; undefined until it is known, null where it will not be. */
  readonly finding?: string | null | undefined;
}

export interface Sorting {
  readonly key: SortKey;
  readonly descending: boolean;
}

export interface Folder {
  /** "" for the profile directory itself, else "sub/inner". */
  readonly path: string;
  readonly profiles: readonly ListedItem[];
}

export const NEWEST_FIRST: Sorting = { key: "modified", descending: true };

/** Check whether a file can be opened. */
export function isProfile({ type }: ProfileItem): boolean {
  return type !== "unknown";
}

/** Files of marks name the profile that they belong to, as the server finds them: of X, the file X.marks.deploys.csv. */
export function withMarksNamed(profiles: readonly ProfileItem[]): readonly ProfileItem[] {
  const opened = new Set(profiles.filter(isProfile).map(({ filename }) => filename));
  return profiles.map((profile) => {
    const owner = isProfile(profile) ? undefined : /^(.+)\.marks\.[^/]+$/.exec(profile.filename)?.[1];
    return owner !== undefined && opened.has(owner) ? { ...profile, reason: `marks of ${baseNameOf(owner)}` } : profile;
  });
}

const listed = new WeakMap<PreviewItem, { readonly profile: ProfileItem; readonly item: ListedItem }>();

/** Facts of a preview stand in where the list has none yet. The same two are the same item again. */
export function withPreview(profile: ProfileItem, item: PreviewItem | undefined): ListedItem {
  if (!item) return profile;
  const known = listed.get(item);
  if (known?.profile === profile) return known.item;
  const found = joined(profile, item);
  listed.set(item, { profile, item: found });
  return found;
}

function joined(profile: ProfileItem, item: PreviewItem): ListedItem {
  const { state, preview } = item;
  const finding = item.finding ?? (state === "reading" || item.looking ? undefined : null);
  if (!preview) return { ...profile, finding };
  const { duration = preview.duration ?? undefined, samples = preview.samples } = profile;
  return { ...profile, preview, finding, samples, ...(duration !== undefined && { duration }) };
}

export function folderOf(filename: string): string {
  return filename.slice(0, Math.max(0, filename.lastIndexOf("/")));
}

export function baseNameOf(filename: string): string {
  return filename.slice(filename.lastIndexOf("/") + 1);
}

/** Profiles whose name or format has every word of the query, in any case. */
export function searchProfiles(profiles: readonly ProfileItem[], query: string): ProfileItem[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return profiles.filter(({ filename, type }) => {
    const text = `${filename} ${type}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** A sorted copy; files that cannot be opened, then unknown values, last in either direction; equal ones by name. */
export function sortProfiles<Item extends ListedItem>(profiles: readonly Item[], { key, descending }: Sorting): Item[] {
  const sign = descending ? -1 : 1;
  return [...profiles].sort((a, b) => {
    if (isProfile(a) !== isProfile(b)) return isProfile(a) ? -1 : 1;
    const [left, right] = [sortValue(a, key), sortValue(b, key)];
    if (left === undefined || right === undefined) {
      if (left !== right) return left === undefined ? 1 : -1;
    } else if (left !== right) {
      return left < right ? -sign : sign;
    }
    return a.filename < b.filename ? -1 : 1;
  });
}

export function groupByFolder(profiles: readonly ListedItem[]): Folder[] {
  const folders = new Map<string, ListedItem[]>();
  for (const profile of profiles) {
    const path = folderOf(profile.filename);
    const members = folders.get(path);
    if (members) members.push(profile);
    else folders.set(path, [profile]);
  }
  return [...folders].map(([path, members]) => ({ path, profiles: members }));
}

function sortValue(profile: ListedItem, key: SortKey): string | number | undefined {
  switch (key) {
    case "name":
      return profile.filename.toLowerCase();
    case "modified":
      return profile.modified === undefined ? undefined : Date.parse(profile.modified);
    case "command":
    case "host":
    case "event":
      return profile.preview?.[key] === "" ? undefined : profile.preview?.[key];
    case "type":
    case "size":
    case "duration":
    case "samples":
      return profile[key];
  }
}
