// What changed between the two sides of a comparison, from the graph of each.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { ownChanges, type OwnChange } from "../../../model/breakdown/ownChanges";
import { graphQuery } from "../../../state/explorer/flamegraph";
import { toGraphRequest } from "../../../state/requests";
import type { Compare, ExplorerState } from "../../../types/explorer";
import { treeOf } from "../flame/useFlameTree";

/**
 * Undefined until both graphs are there.
 *
 * @param ready whether the comparison is drawn: nothing waits for these
 */
export function useOwnChanges(state: ExplorerState, { file, type, range }: Compare, ready: boolean): readonly OwnChange[] | undefined {
  const upright = { ...state, inverted: false };
  const other = file === "" ? upright : { ...upright, file, type };
  const a = useQuery({ ...graphQuery(toGraphRequest(upright, state.range)), enabled: ready }).data;
  const b = useQuery({ ...graphQuery(toGraphRequest(other, range)), enabled: ready }).data;
  return useMemo(() => a && b && ownChanges(treeOf(a), treeOf(b)), [a, b]);
}
