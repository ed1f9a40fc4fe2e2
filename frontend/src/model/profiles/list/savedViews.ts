// Named views, the newest first: read from the browser's storage, changed and written back. Damaged entries are
// left out, the rest stays.
import { cleanName } from "../../../lib/names";
import type { SavedView } from "../../../types/memory";

export const MOST_VIEWS = 200;
/** Characters of a view's part of the address; servers take a few times that. */
export const LONGEST_QUERY = 8000;

export type Views = readonly SavedView[];

/** Read the views of a stored text; any other text has none. */
export function readViews(text: string | null): Views {
  const found = new Map<string, SavedView>();
  for (const { file, type, name, query } of listIn(text).filter(isView)) {
    const view = { file, type, name: cleanName(name), query };
    if (view.name !== "" && !found.has(keyOf(view))) found.set(keyOf(view), view);
  }
  return [...found.values()].slice(0, MOST_VIEWS);
}

/** Return why a view cannot be stored, as a sentence, else undefined. */
export function refusalOf(views: Views, view: SavedView): string | undefined {
  if (view.name === "") return "Enter a name for the view.";
  if (view.query.length > LONGEST_QUERY) return "The view is too long to store: it has too many filters.";
  if (views.length >= MOST_VIEWS && !hasView(views, view)) {
    return `This browser stores at most ${MOST_VIEWS} views: delete one first.`;
  }
  return undefined;
}

export function hasView(views: Views, view: Pick<SavedView, "file" | "type" | "name">): boolean {
  return views.some((other) => keyOf(other) === keyOf(view));
}

/** Put a view first. It replaces one of the same name and profile. */
export function putView(views: Views, view: SavedView): Views {
  return [view, ...removeView(views, view)];
}

/** Rename a view at its place. Another view of that name is removed. */
export function renameView(views: Views, view: SavedView, name: string): Views {
  const renamed = { ...view, name: cleanName(name) };
  if (renamed.name === "") return views;
  return views
    .filter((other) => keyOf(other) === keyOf(view) || keyOf(other) !== keyOf(renamed))
    .map((other) => (keyOf(other) === keyOf(view) ? renamed : other));
}

export function removeView(views: Views, view: Pick<SavedView, "file" | "type" | "name">): Views {
  return views.filter((other) => keyOf(other) !== keyOf(view));
}

/** Split views into those of a profile and those of all others. */
export function splitViews(views: Views, file: string, type: string): { readonly own: Views; readonly others: Views } {
  const isOwn = (view: SavedView) => isSameFile(view, { file, type });
  return { own: views.filter(isOwn), others: views.filter((view) => !isOwn(view)) };
}

export function keyOf({ file, type, name }: Pick<SavedView, "file" | "type" | "name">): string {
  return JSON.stringify([readingOf(type), file, name]);
}

interface Reading {
  readonly file: string;
  readonly type: string;
}

/** Check whether two are the same file, read in the same way. */
export function isSameFile(one: Reading, other: Reading): boolean {
  return one.file === other.file && readingOf(one.type) === readingOf(other.type);
}

/** Links without a type once meant perf, and browsers keep views of that time. */
function readingOf(type: string): string {
  return type === "" ? "perf" : type;
}

/** Return the list in a stored text, empty where there is none. */
export function listIn(text: string | null): readonly unknown[] {
  try {
    const found: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

function isView(value: unknown): value is SavedView {
  const one = value as Partial<SavedView> | null;
  return isRemembered(one) && typeof (one as Partial<SavedView>).name === "string";
}

/** Check the fields that every stored entry has. */
export function isRemembered(value: unknown): value is Pick<SavedView, "file" | "type" | "query"> {
  const one = value as Partial<SavedView> | null;
  if (typeof one?.file !== "string" || typeof one.type !== "string" || typeof one.query !== "string") return false;
  return one.file !== "" && one.query.length <= LONGEST_QUERY;
}
