// The flame graph's keyboard: arrows walk from frame to frame, Enter zooms. The walk keeps its own
// place, scrolls it into view, and shows it as if the pointer were there.
import { useRef, type KeyboardEvent, type RefObject } from "react";
import { boxBeside, boxOf, moveCursor, openRun, type CursorMove } from "../../model/flame/layout/flameCursor";
import type { FlameBoxes } from "../../model/flame/layout/flameLayout";
import { isAncestor, type FlameTree } from "../../model/flame/flameTree";
import type { DrawnLayout } from "../../types/explorer";
import { nodeId, type NodeId } from "../../types/units";
import { rowTop, type FlameWindow } from "../painting/paintFlame";

interface FlameKeysOptions {
  readonly tree: FlameTree;
  readonly zoom: NodeId;
  readonly layout: DrawnLayout;
  readonly boxes: FlameBoxes;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  readonly shown: () => FlameWindow;
  readonly paint: () => void;
  readonly hoverBox: (box: number, x: number, y: number) => void;
  readonly onZoom: (node: NodeId) => void;
  readonly onMenu: (node: NodeId, x: number, y: number) => void;
}

const MOVES: Readonly<Record<DrawnLayout, Readonly<Record<string, CursorMove>>>> = {
  flame: { ArrowUp: "deeper", ArrowDown: "shallower", ArrowLeft: "left", ArrowRight: "right" },
  icicle: { ArrowDown: "deeper", ArrowUp: "shallower", ArrowLeft: "left", ArrowRight: "right" },
};

export function useFlameKeys(options: FlameKeysOptions) {
  const cursor = useRef<{ readonly tree: FlameTree; readonly node: NodeId }>(undefined);
  return (event: KeyboardEvent) => {
    const { tree, zoom, layout, boxes, onZoom, onMenu } = options;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const known = cursor.current;
    const at = known?.tree === tree && isInView(tree, zoom, known.node) ? known.node : zoom;
    const move = MOVES[layout][event.key];
    if (move) {
      event.preventDefault();
      const sideways = move === "left" || move === "right";
      const next = sideways ? boxBeside(tree, boxes, at, move) : moveCursor(tree, at, move);
      const node = isInView(tree, zoom, next) ? next : at;
      cursor.current = { tree, node };
      showCursor(options, node);
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      onZoom(chosenAt(options, at));
    } else if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
      event.preventDefault();
      const place = placeOf(options, at);
      if (place) onMenu(chosenAt(options, at), place.x, place.y);
    }
  };
}

/** Below the zoomed frame, or one of its callers. */
function isInView(tree: FlameTree, zoom: NodeId, node: NodeId): boolean {
  return isAncestor(tree, zoom, node) || isAncestor(tree, node, zoom);
}

/** As a click does: of a box of thin frames, their common caller or the largest one. */
function chosenAt({ tree, zoom, boxes }: FlameKeysOptions, node: NodeId): NodeId {
  const box = boxOf(tree, boxes, node);
  const merged = boxes.merged[box] ?? 1;
  return box < 0 || merged === 1 ? node : openRun(tree, zoom, nodeId(boxes.node[box]!), merged);
}

function showCursor(options: FlameKeysOptions, node: NodeId) {
  const { tree, layout, scroller, shown, paint, hoverBox } = options;
  const element = scroller.current;
  if (!element) return;
  const view = shown();
  const top = rowTop(tree.depth[node]!, layout, view);
  const below = top + view.rowHeight - element.clientHeight;
  if (top < 0) element.scrollBy({ top });
  else if (below > 0) element.scrollBy({ top: below });
  paint();
  const place = placeOf(options, node);
  if (!place) return;
  // The scroll event that follows would hide what it shows; it comes after this frame's events.
  requestAnimationFrame(() => requestAnimationFrame(() => hoverBox(place.box, place.x, placeOf(options, node)?.y ?? place.y)));
}

/** The box that shows a node, and where it is in the browser's window. */
function placeOf({ tree, layout, boxes, canvas, shown }: FlameKeysOptions, node: NodeId) {
  if (!canvas.current) return undefined;
  const level = tree.depth[node]!;
  const box = boxOf(tree, boxes, node);
  if (box < 0) return undefined;
  const { left, top } = canvas.current.getBoundingClientRect();
  const x = left + Math.max(boxes.x[box]!, 0) + Math.min(boxes.width[box]! / 2, 40);
  return { box, x, y: top + rowTop(level, layout, shown()) + shown().rowHeight };
}
