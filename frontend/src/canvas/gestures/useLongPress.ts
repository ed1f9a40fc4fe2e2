// A resting finger is a right click: touch screens have no other gesture for a menu. Not useLongPress of
// Mantine, which a second finger cannot cancel.
import { useMemo } from "react";

const LONG_MS = 500;
/** A finger never rests quite still. */
const SLACK = 8;

/** The press on one canvas. */
class LongPress {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private place = { x: 0, y: 0 };
  private long = false;

  begin(at: { readonly clientX: number; readonly clientY: number }, run: () => void): void {
    this.place = { x: at.clientX, y: at.clientY };
    this.long = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.long = true;
      run();
    }, LONG_MS);
  }

  /** Ended, or moved away from where it began. */
  cancel(x?: number, y?: number): void {
    const { place } = this;
    if (x !== undefined && y !== undefined && Math.hypot(x - place.x, y - place.y) < SLACK) return;
    clearTimeout(this.timer);
  }

  /** Return true for the click that follows a long press, once. */
  wasLong(): boolean {
    const was = this.long;
    this.long = false;
    return was;
  }
}

export function useLongPress(): LongPress {
  return useMemo(() => new LongPress(), []);
}
