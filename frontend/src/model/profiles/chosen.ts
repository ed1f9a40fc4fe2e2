// Several chosen files of the list, and the actions on them.
import { NEW_COMPARISON, type ExplorerState } from "../../types/explorer";
import type { ProfileItem } from "../../types/wire";

export type Chosen = ReadonlySet<string>;

export function toggled(chosen: Chosen, filename: string): Chosen {
  const next = new Set(chosen);
  if (!next.delete(filename)) next.add(filename);
  return next;
}

/** Those that are listed, in the order of the list. */
export function listedOf(chosen: Chosen, profiles: readonly ProfileItem[]): ProfileItem[] {
  return profiles.filter(({ filename }) => chosen.has(filename));
}

/** The comparison of two files: the newer one first, so that red is what it has more of. */
export function comparisonOf(files: readonly ProfileItem[]): Pick<ExplorerState, "file" | "compare"> | undefined {
  if (files.length !== 2) return undefined;
  const [newer, older] = [...files].sort((a, b) => (a.modified ?? "") < (b.modified ?? "") ? 1 : -1) as [ProfileItem, ProfileItem];
  return { file: newer.filename, compare: { ...NEW_COMPARISON, file: older.filename } };
}
