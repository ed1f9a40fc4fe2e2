// The parts of a browser that Mantine needs and jsdom lacks. Tests of model/ and lib/ run without a page and skip it.
import { afterEach } from "vitest";

if (typeof window !== "undefined") {
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

  window.ResizeObserver = class implements ResizeObserver {
    observe() {
      /* nothing changes size in jsdom */
    }
    unobserve() {
      /* as above */
    }
    disconnect() {
      /* as above */
    }
  };

  Element.prototype.scrollIntoView = () => undefined;

  // jsdom has no layout: without a height, a windowed table would show no rows.
  Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, get: () => 600 });
  Element.prototype.scrollTo = () => undefined;
  Element.prototype.scrollBy = () => undefined;

  const { cleanup, configure } = await import("@testing-library/react");
  // A second, the default, is too short where the machine has other work.
  configure({ asyncUtilTimeout: 40_000 });
  afterEach(cleanup);
}
