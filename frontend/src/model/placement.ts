// Where a tooltip goes: beside the pointer, on the side that has room, never out of the window.
import { clamp } from "../lib/numbers";

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

const GAP = 14;
const EDGE = 4;

export function placeTooltip(pointer: Point, tooltip: Size, window: Size): Point {
  return {
    x: besides(pointer.x, tooltip.width, window.width),
    y: besides(pointer.y, tooltip.height, window.height),
  };
}

function besides(pointer: number, size: number, room: number): number {
  const after = pointer + GAP;
  const wanted = after + size + EDGE <= room ? after : pointer - GAP - size;
  return clamp(wanted, EDGE, Math.max(room - size - EDGE, EDGE));
}
