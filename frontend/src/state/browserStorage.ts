// The browser's storage, which may be switched off, full, or changed by another tab. A stored text is state:
// components that show it render with every change. Not useLocalStorage of Mantine, which does not report whether
// the browser stored a text.
import { useSyncExternalStore } from "react";

type Place = () => Storage;

export const local: Place = () => window.localStorage;
export const session: Place = () => window.sessionStorage;

export function readText(place: Place, key: string): string | null {
  try {
    return place().getItem(key);
  } catch {
    return null;
  }
}

/** Return whether the browser stored it. */
export function writeText(place: Place, key: string, text: string): boolean {
  try {
    place().setItem(key, text);
    return true;
  } catch {
    return false;
  }
}

/** A text of this browser that several parts of the page, and several tabs, read and change. */
export class StoredText {
  private readonly key: string;
  private readonly listeners = new Set<() => void>();

  constructor(key: string) {
    this.key = key;
  }

  readonly read = (): string | null => readText(local, this.key);

  /** Return whether the browser stored it. */
  write(text: string): boolean {
    const kept = writeText(local, this.key, text);
    for (const listener of this.listeners) listener();
    return kept;
  }

  readonly subscribe = (listener: () => void) => {
    // Of other tabs; a key of null means that all was cleared.
    const heard = ({ key }: StorageEvent) => {
      if (key === this.key || key === null) listener();
    };
    this.listeners.add(listener);
    window.addEventListener("storage", heard);
    return () => {
      this.listeners.delete(listener);
      window.removeEventListener("storage", heard);
    };
  };
}

export function useStoredText(stored: StoredText): string | null {
  return useSyncExternalStore(stored.subscribe, stored.read);
}
