// Two fingers on a canvas. Browsers report each finger by itself. Here they are one gesture from the second
// finger's touch until all are lifted, so that the last finger neither selects nor clicks.
import { useMemo } from "react";

/** In CSS pixels from the canvas's corner. */
export interface Finger {
  readonly x: number;
  readonly y: number;
}
export type Fingers = readonly [Finger, Finger];

interface TouchEvent {
  readonly pointerType: string;
  readonly pointerId: number;
  readonly nativeEvent: { readonly offsetX: number; readonly offsetY: number };
}

/** Each method returns true if the event belongs to two fingers and has no other meaning. */
class Pinch {
  private readonly fingers = new Map<number, Finger>();
  private pinching = false;

  down(event: TouchEvent, begin: (fingers: Fingers) => void): boolean {
    if (event.pointerType !== "touch") return false;
    this.fingers.set(event.pointerId, place(event));
    const pair = this.pair();
    if (pair && !this.pinching) {
      this.pinching = true;
      begin(pair);
    }
    return this.pinching;
  }

  move(event: TouchEvent, moved: (fingers: Fingers) => void): boolean {
    if (!this.fingers.has(event.pointerId)) return false;
    this.fingers.set(event.pointerId, place(event));
    const pair = this.pair();
    if (this.pinching && pair) moved(pair);
    return this.pinching;
  }

  /** Lifted, or taken away by the browser. */
  up(event: TouchEvent): boolean {
    if (!this.fingers.delete(event.pointerId)) return false;
    const was = this.pinching;
    if (this.fingers.size === 0) this.pinching = false;
    return was;
  }

  private pair(): Fingers | undefined {
    const [one, other] = this.fingers.values();
    return one && other ? [one, other] : undefined;
  }
}

export function usePinch(): Pinch {
  return useMemo(() => new Pinch(), []);
}

function place({ nativeEvent: { offsetX, offsetY } }: TouchEvent): Finger {
  return { x: offsetX, y: offsetY };
}
