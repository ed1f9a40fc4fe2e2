// Named views, the newest first: read from what the browser kept, changed, and written back. What is
// damaged is left out, the rest stays.
import { cleanName } from "../../lib/names";
import type { SavedView } from "../../types/memory";

export const MOST_VIEWS = 200;
/** Characters of a view's part of the address; servers take a few times that. */
export const LONGEST_QUERY = 8000;

export type Views = readonly SavedView[];

/** Gives the views of a text that was kept, or of any other text. */
export function readViews(text: string | null): Views {
  const found = new Map<string, SavedView>();
  for (const { file, type, name, query } of listIn(text).filter(isView)) {
    const view = { file, type, name: cleanName(name), query };
    if (view.name !== "" && !found.has(keyOf(view))) found.set(keyOf(view), view);
  }
  return [...found.values()].slice(0, MOST_VIEWS);
}

/** Why a view cannot be kept, as a sentence; undefined where it can. */
export function refusalOf(views: Views, view: SavedView): string | undefined {
  if (view.name === "") return "Give the view a name.";
  if (view.query.length > LONGEST_QUERY) return "The view is too long to be kept: it has too many filters.";
  if (views.length >= MOST_VIEWS && !hasView(views, view)) {
    return `This browser keeps ${MOST_VIEWS} views: delete one first.`;
  }
  return undefined;
}

export function hasView(views: Views, view: Pick<SavedView, "file" | "type" | "name">): boolean {
  return views.some((other) => keyOf(other) === keyOf(view));
}

/** With a view first; one of the same name, of the same profile, is replaced. */
export function putView(views: Views, view: SavedView): Views {
  return [view, ...removeView(views, view)];
}

/** With another name, at its place; another view that has this name goes. */
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

/** Those of a profile, and those of all others. */
export function splitViews(views: Views, file: string, type: string): { readonly own: Views; readonly others: Views } {
  const isOwn = (view: SavedView) => view.file === file && view.type === type;
  return { own: views.filter(isOwn), others: views.filter((view) => !isOwn(view)) };
}

export function keyOf({ file, type, name }: Pick<SavedView, "file" | "type" | "name">): string {
  return JSON.stringify([type, file, name]);
}

/** The list in a text, if there is one. */
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

/** What every remembered thing has, whole. */
export function isRemembered(value: unknown): value is Pick<SavedView, "file" | "type" | "query"> {
  const one = value as Partial<SavedView> | null;
  if (typeof one?.file !== "string" || typeof one.type !== "string" || typeof one.query !== "string") return false;
  return one.file !== "" && one.query.length <= LONGEST_QUERY;
}
