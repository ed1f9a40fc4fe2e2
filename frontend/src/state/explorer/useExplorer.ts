// The explorer's state, read from the address, and a function to change it. Changes that a user would undo with
// Back (a range, a zoom, a filter) make a history entry. All others replace the current one. Panning and zooming the
// heatmap makes a single entry, so that one Back leads out of it.
import { useCallback, useEffect, useMemo, useRef } from "react";
import { useLocation, useNavigate, type Location } from "react-router";
import type { ExplorerState } from "../../types/explorer";
import { explorerQuery, parseExplorer } from "./explorerUrl";

export type ExplorerChange = Partial<Omit<ExplorerState, "file">>;
export type ChangeHow = "push" | "replace" | "gesture";
export type ChangeExplorer = (change: ExplorerChange, how?: ChangeHow) => void;

/** The state of a history entry, beside its address. */
interface EntryState {
  readonly gesture: boolean;
}

export function useExplorer(): readonly [ExplorerState, ChangeExplorer] {
  const { search, state: entry } = useLocation() as Location<EntryState | null>;
  const navigate = useNavigate();
  const state = useMemo(() => parseExplorer(new URLSearchParams(search)), [search]);
  // Two changes in one turn must not lose the first: both start from the latest state, not the rendered one.
  const latest = useRef(state);
  const inGesture = useRef(false);
  useEffect(() => {
    latest.current = state;
    inGesture.current = entry?.gesture === true;
  }, [state, entry]);
  const change = useCallback<ChangeExplorer>(
    (part, how = "push") => {
      const now = latest.current;
      const same = (state: ExplorerState) => explorerQuery(state).toString() === explorerQuery(now).toString();
      if (same({ ...now, ...part })) return;
      // A name belongs to one view: a link never names one view and shows another.
      const next = { ...now, name: "", ...part };
      const query = `?${explorerQuery(next).toString()}`;
      latest.current = next;
      const replace = how === "replace" || (how === "gesture" && inGesture.current);
      const gesture = how === "gesture";
      inGesture.current = gesture;
      void navigate({ search: query }, { replace, state: { gesture } satisfies EntryState });
    },
    [navigate],
  );
  return [state, change];
}
