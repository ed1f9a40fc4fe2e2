// From the server's answer to the shown flame graph: built once per answer and searched once per query. The zoom is
// found again by its path whenever either changes.
import { useMemo } from "react";
import { buildFlameTree, measured, type FlameTree } from "../../../model/flame/flameTree";
import { wantedBase, type Base } from "../../../model/flame/measure";
import { searchTree, type SearchResult } from "../../../model/flame/search";
import { findZoom } from "../../../model/flame/layout/zoomPath";
import { useSignal } from "../../../state/signal";
import type { FollowedGraph } from "../../../state/explorer/flamegraph";
import type { ExplorerState } from "../../../types/explorer";
import { ROOT, type NodeId } from "../../../types/units";
import type { FlameGraphAnswer } from "../../../types/wire";

export interface ShownTree {
  readonly tree: FlameTree | undefined;
  readonly search: SearchResult | undefined;
  readonly zoom: NodeId;
}

export function useFlameTree(answer: FlameGraphAnswer | undefined, { search, zoom, compare }: ExplorerState): ShownTree {
  const built = answer && treeOf(answer);
  const base = wantedBase(compare);
  const tree = built && onBase(built, base);
  const found = tree && searched(tree, search);
  const zoomed = useMemo(() => (tree ? findZoom(tree, zoom) : ROOT), [tree, zoom]);
  return { tree, search: found, zoom: zoomed };
}

/** The tree of a drag. Its reader renders with each answer. */
export function useLiveTree({ liveAnswer, data }: FollowedGraph, state: ExplorerState): ShownTree {
  return useFlameTree(useSignal(liveAnswer) ?? data, state);
}

/** The same for what is beside the graph. Its reader renders when the graph is on the screen. */
export function useLaterTree({ laterAnswer, data }: FollowedGraph, state: ExplorerState): ShownTree {
  return useFlameTree(useSignal(laterAnswer) ?? data, state);
}

/** The tree of each answer, shared by several parts of the screen as long as the answer is kept. */
const trees = new WeakMap<FlameGraphAnswer, FlameTree>();
/** The last search in each tree. */
const searches = new WeakMap<FlameTree, { readonly text: string; readonly found: SearchResult | undefined }>();

export function treeOf(answer: FlameGraphAnswer): FlameTree {
  const known = trees.get(answer);
  if (known) return known;
  const tree = buildFlameTree(answer);
  trees.set(answer, tree);
  return tree;
}

const based = new WeakMap<FlameTree, Map<Base, FlameTree>>();

/** The tree of an answer with its differences on a base, shared in the same way. */
function onBase(tree: FlameTree, base: Base): FlameTree {
  const all = based.get(tree) ?? new Map<Base, FlameTree>();
  const found = all.get(base) ?? measured(tree, base);
  based.set(tree, all.set(base, found));
  return found;
}

function searched(tree: FlameTree, text: string): SearchResult | undefined {
  const known = searches.get(tree);
  if (known?.text === text) return known.found;
  const found = searchTree(tree, text);
  searches.set(tree, { text, found });
  return found;
}
