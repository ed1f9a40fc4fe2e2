// @vitest-environment jsdom
import { afterEach, expect, test, vi } from "vitest";
import { GRAPH_PAINTED, markAsked, markPresented, RANGE_ASKED } from "./presented";

afterEach(() => {
  vi.restoreAllMocks();
  performance.clearMarks();
});

function marks(name: string): PerformanceMark[] {
  return performance.getEntriesByName(name) as PerformanceMark[];
}

test("a picture is marked in a task behind the frame that shows it, not before", async () => {
  const frames: FrameRequestCallback[] = [];
  vi.spyOn(window, "requestAnimationFrame").mockImplementation((callback) => frames.push(callback));
  markPresented(GRAPH_PAINTED, { start: 1, end: 2 });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(marks(GRAPH_PAINTED)).toHaveLength(0);

  const framed = performance.now();
  for (const frame of frames) frame(framed);
  expect(marks(GRAPH_PAINTED)).toHaveLength(0);
  await vi.waitFor(() => expect(marks(GRAPH_PAINTED)).toHaveLength(1));
  expect(marks(GRAPH_PAINTED)[0]!.startTime).toBeGreaterThanOrEqual(framed);
  expect(marks(GRAPH_PAINTED)[0]!.detail).toEqual({ start: 1, end: 2 });
});

test("only the newest mark stays, at the time of its event", () => {
  markAsked(5, { start: 0, end: 1 });
  markAsked(7, { start: 0, end: 2 });
  expect(marks(RANGE_ASKED).map(({ startTime, detail }) => ({ startTime, detail: detail as unknown }))).toEqual([
    { startTime: 7, detail: { start: 0, end: 2 } },
  ]);
});
