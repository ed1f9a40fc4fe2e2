// A finger that rests is a right click: touch screens have no other way to ask for a menu.
import { useMemo } from "react";

const LONG_MS = 500;
/** A finger never rests quite still. */
const SLACK = 8;

/** One for each canvas: what is pressed now. */
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

  /** Whether the click that follows belongs to a long press; asked once. */
  wasLong(): boolean {
    const was = this.long;
    this.long = false;
    return was;
  }
}

export function useLongPress(): LongPress {
  return useMemo(() => new LongPress(), []);
}
