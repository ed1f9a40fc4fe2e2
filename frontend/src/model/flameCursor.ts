// Moving from frame to frame with the keyboard.
import { firstIndex } from "../lib/numbers";
import { nodeId, type NodeId } from "../types/units";
import { isAncestor, parentOf, type FlameTree } from "./flameTree";

export type CursorMove = "deeper" | "shallower" | "left" | "right";

/** The next node in a direction, or the same one where there is none. Deeper is the widest callee. */
export function moveCursor(tree: FlameTree, node: NodeId, direction: CursorMove): NodeId {
  switch (direction) {
    case "shallower":
      return parentOf(tree, node);
    case "deeper":
      return widestChild(tree, node);
    case "left":
      return neighbour(tree, node, -1);
    case "right":
      return neighbour(tree, node, 1);
  }
}

/** Position of a node among the nodes of its level, as an index into levelNodes. */
export function levelIndex(tree: FlameTree, node: NodeId): number {
  const level = tree.depth[node]!;
  const { levelStart, levelNodes } = tree;
  return firstIndex(levelStart[level]!, levelStart[level + 1]!, (at) => levelNodes[at]! >= node);
}

/**
 * Where a click on a box of merged frames leads: to what they have in common, where that makes them
 * wider than they are now, else to the largest of them.
 */
export function openRun(tree: FlameTree, zoom: NodeId, first: NodeId, merged: number): NodeId {
  const from = levelIndex(tree, first);
  const last = tree.levelNodes[from + merged - 1]!;
  let common = first;
  while (!isAncestor(tree, common, nodeId(last))) common = parentOf(tree, common);
  if (isAncestor(tree, zoom, common) && tree.total[common]! < tree.total[zoom]!) return common;
  let largest = first;
  for (let at = from; at < from + merged; at += 1) {
    const node = nodeId(tree.levelNodes[at]!);
    if (tree.total[node]! > tree.total[largest]!) largest = node;
  }
  return largest;
}

function neighbour(tree: FlameTree, node: NodeId, step: 1 | -1): NodeId {
  const at = levelIndex(tree, node) + step;
  const level = tree.depth[node]!;
  const inLevel = at >= tree.levelStart[level]! && at < tree.levelStart[level + 1]!;
  return inLevel ? nodeId(tree.levelNodes[at]!) : node;
}

function widestChild(tree: FlameTree, node: NodeId): NodeId {
  const end = tree.end[node]!;
  let widest: number = node;
  for (let child = node + 1; child < end; child = tree.end[child]!) {
    if (widest === node || tree.total[child]! > tree.total[widest]!) widest = child;
  }
  return nodeId(widest);
}
