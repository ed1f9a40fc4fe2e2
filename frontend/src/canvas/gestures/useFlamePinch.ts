// Two fingers on the flame graph: spread, they zoom to the frame between them; pinched together, back to its
// caller, and from there to its own. The zoom is a frame, so it moves in steps.
import { useRef, type PointerEvent } from "react";
import type { FlameBoxes } from "../../model/flame/layout/flameLayout";
import { parentOf, type FlameTree } from "../../model/flame/flameTree";
import { nodeId, ROOT, type NodeId } from "../../types/units";
import { usePinch, type Fingers } from "./usePinch";

/** How much farther apart, or closer together, the fingers must be for the next step. */
const STEP = 1.4;

interface FlamePinchOptions {
  readonly tree: FlameTree;
  readonly zoom: NodeId;
  readonly boxes: FlameBoxes;
  readonly boxUnder: (x: number, y: number) => number;
  readonly onZoom: (node: NodeId) => void;
}

export function useFlamePinch({ tree, zoom, boxes, boxUnder, onZoom }: FlamePinchOptions) {
  const pinch = usePinch();
  const apart = useRef(1);
  const was = useRef(false);
  function step([one, other]: Fingers): void {
    const now = distance(one, other);
    if (now > apart.current * STEP) {
      apart.current = now;
      const box = boxUnder((one.x + other.x) / 2, (one.y + other.y) / 2);
      if (box >= 0 && boxes.merged[box] === 1) onZoom(nodeId(boxes.node[box]!));
    } else if (now < apart.current / STEP && zoom !== ROOT) {
      apart.current = now;
      onZoom(parentOf(tree, zoom));
    }
  }
  return {
    began: (event: PointerEvent) => {
      was.current = false;
      return pinch.down(event, ([one, other]) => {
        apart.current = distance(one, other);
      });
    },
    moved: (event: PointerEvent) => pinch.move(event, step),
    ended: (event: PointerEvent) => {
      if (pinch.up(event)) was.current = true;
    },
    /** Return true for the click that follows two fingers, once. */
    justWas: () => {
      const pinched = was.current;
      was.current = false;
      return pinched;
    },
  };
}

function distance(one: { readonly x: number; readonly y: number }, other: { readonly x: number; readonly y: number }): number {
  return Math.max(Math.hypot(one.x - other.x, one.y - other.y), 1);
}
