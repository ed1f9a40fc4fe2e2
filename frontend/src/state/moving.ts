// A value that changes with every move of a pointer. Only what reads it renders again: a whole screen, sixty
// times a second, would leave no time for the picture that the moves are about.
import { useSyncExternalStore } from "react";

export class Moving<Value> {
  #now: Value;
  readonly #listeners = new Set<() => void>();

  constructor(now: Value) {
    this.#now = now;
  }

  get now(): Value {
    return this.#now;
  }

  readonly set = (value: Value): void => {
    if (Object.is(value, this.#now)) return;
    this.#now = value;
    for (const listener of [...this.#listeners]) listener();
  };

  /** Calls `listener` after each change, until what it gives back is called. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };
}

export function useMoving<Value>(moving: Moving<Value>): Value {
  return useSyncExternalStore(moving.subscribe, () => moving.now);
}
