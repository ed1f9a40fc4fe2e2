// The explorer's state read from the address, and a way to change it. What somebody would undo with
// Back (a range, a zoom, a filter) makes a history entry; the rest replaces the current one.
import { useCallback, useEffect, useMemo, useRef } from "react";
import { useLocation, useNavigate } from "react-router";
import type { ExplorerState } from "../types/explorer";
import { explorerQuery, parseExplorer } from "./explorerUrl";

export type ExplorerChange = Partial<Omit<ExplorerState, "file" | "type">>;
export type ChangeExplorer = (change: ExplorerChange, how?: "push" | "replace") => void;

export function useExplorer(): readonly [ExplorerState, ChangeExplorer] {
  const { search } = useLocation();
  const navigate = useNavigate();
  const state = useMemo(() => parseExplorer(new URLSearchParams(search)), [search]);
  // Two changes in one turn must not lose the first: both start from the latest state, not the rendered one.
  const latest = useRef(state);
  useEffect(() => {
    latest.current = state;
  }, [state]);
  const change = useCallback<ChangeExplorer>(
    (part, how = "push") => {
      const now = latest.current;
      const same = (state: ExplorerState) => explorerQuery(state).toString() === explorerQuery(now).toString();
      if (same({ ...now, ...part })) return;
      // A name belongs to what it was given to, so that a link never says one thing and shows another.
      const next = { ...now, name: "", ...part };
      const query = `?${explorerQuery(next).toString()}`;
      latest.current = next;
      void navigate({ search: query }, { replace: how === "replace" });
    },
    [navigate],
  );
  return [state, change];
}
