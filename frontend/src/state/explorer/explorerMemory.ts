// Named views and recent profiles as state of this browser. Each change starts from what is kept now:
// another tab may have changed it.
import { useEffect, useMemo } from "react";
import type { ExplorerState } from "../../types/explorer";
import type { RecentProfile, SavedView } from "../../types/memory";
import { StoredText, useStoredText } from "../browserStorage";
import { EXPLORE_PATH, explorerQuery, parseExplorer, typeInLink } from "./explorerUrl";

const VIEWS = new StoredText("flamescope.views");
const RECENT = new StoredText("flamescope.recent");

/** The stored text; model/profiles/savedViews reads it. */
export const useViewsText = () => useStoredText(VIEWS);
export const useRecentText = () => useStoredText(RECENT);

/** Return whether the browser stored it. */
export function changeViews(change: (text: string | null) => readonly SavedView[]): boolean {
  return VIEWS.write(JSON.stringify(change(VIEWS.read())));
}

export function changeRecent(change: (text: string | null) => readonly RecentProfile[]): void {
  RECENT.write(JSON.stringify(change(RECENT.read())));
}

/** Store the present view of a profile, once it has been opened. */
export function useRemembered(
  state: ExplorerState,
  opened: boolean,
  looked: (text: string | null, now: RecentProfile) => readonly RecentProfile[],
): void {
  const { file, type } = state;
  const query = useMemo(() => explorerQuery(state).toString(), [state]);
  useEffect(() => {
    if (opened) changeRecent((text) => looked(text, { file, type, query, at: Date.now() }));
  }, [opened, file, type, query, looked]);
}

/** The part of the address to keep under a name: all but the name. */
export function viewQuery(state: ExplorerState): string {
  return explorerQuery({ ...state, name: "" }).toString();
}

/** The state of a stored query. Damaged values fall back to their defaults. A type that the query names is kept. */
export function rememberedState({ file, type, query }: Omit<RecentProfile, "at">, name?: string): ExplorerState {
  const stored = parseExplorer(new URLSearchParams(query));
  const state = { ...stored, file, type: stored.type || typeInLink(type) };
  return name === undefined ? state : { ...state, name };
}

export function rememberedLink(remembered: Omit<RecentProfile, "at">, name?: string): string {
  return `${EXPLORE_PATH}?${explorerQuery(rememberedState(remembered, name)).toString()}`;
}
