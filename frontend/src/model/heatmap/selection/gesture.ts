// Selecting a range with the pointer: press, drag, release; or click one end, then the other.
// A reducer without a page around it, so that every order of events can be tested.
import type { Tick, TickRange } from "../../../types/units";
import { rangeBetween } from "./selection";

export type Gesture =
  | { readonly kind: "idle" }
  /** Button down. A press that closes a click–click selection selects on release whether it moved or not. */
  | { readonly kind: "pressed"; readonly anchor: Tick; readonly moved: boolean }
  /** One end clicked; the range follows the pointer until the second click. */
  | { readonly kind: "anchored"; readonly anchor: Tick };

export type GestureEvent =
  | { readonly kind: "press" | "move" | "release"; readonly at: Tick }
  /** A press on the end of a selection: the other end, at `anchor`, stays. */
  | { readonly kind: "grab"; readonly at: Tick; readonly anchor: Tick }
  | { readonly kind: "cancel" };

export interface GestureStep {
  readonly next: Gesture;
  /** The range to show while the gesture lasts. */
  readonly preview?: TickRange;
  /** The range that the gesture ended with. */
  readonly selected?: TickRange;
}

export const IDLE: Gesture = { kind: "idle" };

export function gestureStep(gesture: Gesture, event: GestureEvent): GestureStep {
  switch (event.kind) {
    case "cancel":
      return { next: IDLE };
    case "grab":
      return pressed({ kind: "anchored", anchor: event.anchor }, event.at);
    case "press":
      return pressed(gesture, event.at);
    case "move":
      return movedTo(gesture, event.at);
    case "release":
      return released(gesture, event.at);
  }
}

function pressed(gesture: Gesture, at: Tick): GestureStep {
  const closing = gesture.kind === "anchored";
  const anchor = closing ? gesture.anchor : at;
  return { next: { kind: "pressed", anchor, moved: closing }, preview: rangeBetween(anchor, at) };
}

function movedTo(gesture: Gesture, at: Tick): GestureStep {
  if (gesture.kind === "idle") return { next: gesture };
  const preview = rangeBetween(gesture.anchor, at);
  if (gesture.kind === "anchored") return { next: gesture, preview };
  return { next: { ...gesture, moved: gesture.moved || at !== gesture.anchor }, preview };
}

function released(gesture: Gesture, at: Tick): GestureStep {
  if (gesture.kind !== "pressed") return { next: gesture };
  const range = rangeBetween(gesture.anchor, at);
  if (gesture.moved || at !== gesture.anchor) return { next: IDLE, selected: range };
  return { next: { kind: "anchored", anchor: gesture.anchor }, preview: range };
}
