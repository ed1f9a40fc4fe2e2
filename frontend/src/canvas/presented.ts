// Marks in the browser's performance timeline: which picture reached the screen, and which range the
// pointer asked for. `make bench-ui` and the browser's own profiler read them. Only the newest of each
// stays in the timeline, or a day of dragging would fill it; observers see all of them.

export const HEATMAP_PAINTED = "heatmap painted";
export const GRAPH_PAINTED = "graph painted";
export const RANGE_ASKED = "range asked";

/** Numbers that say which picture it is. */
export type Shown = Readonly<Record<string, number>>;

/**
 * Call after painting. A canvas that was painted is not on the screen yet: the next frame takes it there, and
 * a task behind that frame is the first moment at which the page knows that it is out of its hands.
 */
export function markPresented(name: string, shown: Shown): void {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      mark(name, performance.now(), shown);
      port1.close();
    };
    port2.postMessage(undefined);
  });
}

/** @param at time of the event in the browser, not when the page came to handle it: both are on one clock */
export function markAsked(at: number, shown: Shown): void {
  mark(RANGE_ASKED, at, shown);
}

function mark(name: string, startTime: number, shown: Shown): void {
  performance.clearMarks(name);
  performance.mark(name, { startTime, detail: shown });
}
