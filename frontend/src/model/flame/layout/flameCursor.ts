// Signal from frame to frame with the keyboard.
import { firstIndex } from "../../../lib/numbers";
import { nodeId, type NodeId } from "../../../types/units";
import type { FlameBoxes } from "./flameLayout";
import { isAncestor, parentOf, type FlameTree } from "../flameTree";

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

/** The box that shows a node: its own, or the run of thin frames that it is in; -1 where its level is not drawn. */
export function boxOf(tree: FlameTree, boxes: FlameBoxes, node: NodeId): number {
  const row = tree.depth[node]! - boxes.fromLevel;
  const [from, to] = [boxes.levelStart[row] ?? 0, boxes.levelStart[row + 1] ?? 0];
  // The last of the level that begins at or before the node.
  const box = firstIndex(from, to, (index) => boxes.node[index]! > node) - 1;
  return box < from ? -1 : box;
}

/** The neighbour as it is drawn: one step leads past all frames that share a box. */
export function boxBeside(tree: FlameTree, boxes: FlameBoxes, node: NodeId, direction: "left" | "right"): NodeId {
  const box = boxOf(tree, boxes, node);
  if (box < 0) return moveCursor(tree, node, direction);
  const next = direction === "left" ? box - 1 : box + 1;
  const row = tree.depth[node]! - boxes.fromLevel;
  return next >= boxes.levelStart[row]! && next < boxes.levelStart[row + 1]! ? nodeId(boxes.node[next]!) : node;
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
