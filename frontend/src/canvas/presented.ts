// Marks in the browser's performance timeline: the picture that reached the screen, and the range that the
// pointer requested. `make bench-ui` and the browser's own profiler read them. Only the newest of each
// stays in the timeline, or a day of dragging would fill it; observers see all of them.

import { afterFrame } from "../lib/afterFrame";

export const HEATMAP_PAINTED = "heatmap painted";
export const GRAPH_PAINTED = "graph painted";
export const LANES_PAINTED = "lanes painted";
export const TIME_ORDER_PAINTED = "time order painted";
export const RANGE_ASKED = "range asked";

/** Numbers that identify a picture. */
export type Shown = Readonly<Record<string, number>>;

/**
 * Call after painting. The next frame takes a painted canvas to the screen. A task behind that frame is the
 * first moment at which the page can know that.
 */
export function markPresented(name: string, shown: Shown): void {
  afterFrame(() => mark(name, performance.now(), shown));
}

/** @param at time of the browser's event, not of its handler; both use one clock */
export function markAsked(at: number, shown: Shown): void {
  mark(RANGE_ASKED, at, shown);
}

function mark(name: string, startTime: number, shown: Shown): void {
  performance.clearMarks(name);
  performance.mark(name, { startTime, detail: shown });
}
