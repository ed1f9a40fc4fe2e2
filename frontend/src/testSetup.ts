// What jsdom lacks and Mantine asks for.
import { afterEach } from "vitest";
import { cleanup } from "@testing-library/react";

window.matchMedia = (query: string) =>
  ({
    matches: false,
    media: query,
    onchange: null,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    addListener: () => undefined,
    removeListener: () => undefined,
    dispatchEvent: () => false,
  }) satisfies MediaQueryList;

class NoResizeObserver implements ResizeObserver {
  observe() {
    /* nothing changes size in jsdom */
  }
  unobserve() {
    /* as above */
  }
  disconnect() {
    /* as above */
  }
}
window.ResizeObserver = NoResizeObserver;

afterEach(cleanup);
