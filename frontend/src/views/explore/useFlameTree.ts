// From the server's answer to what the flame graph shows: built once per answer, searched once per
// query, and the zoom found again by its path whenever either changes.
import { useMemo } from "react";
import { buildFlameTree, type FlameTree } from "../../model/flameTree";
import { searchTree, type SearchResult } from "../../model/search";
import { findZoom } from "../../model/zoomPath";
import type { ExplorerState } from "../../types/explorer";
import { ROOT, type NodeId } from "../../types/units";
import type { FlameGraphAnswer } from "../../types/wire";

interface ShownTree {
  readonly tree: FlameTree | undefined;
  readonly search: SearchResult | undefined;
  readonly zoom: NodeId;
}

export function useFlameTree(answer: FlameGraphAnswer | undefined, { search, zoom }: ExplorerState): ShownTree {
  const tree = useMemo(() => answer && buildFlameTree(answer), [answer]);
  const found = useMemo(() => tree && searchTree(tree, search), [tree, search]);
  const zoomed = useMemo(() => (tree ? findZoom(tree, zoom) : ROOT), [tree, zoom]);
  return { tree, search: found, zoom: zoomed };
}
