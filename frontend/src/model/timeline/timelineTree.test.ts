import { describe, expect, test } from "vitest";
import type { TimelineAnswer } from "../../types/wire";
import { searchTree } from "../flame/search";
import { buildTimeline } from "./timelineTree";

// Two threads: node runs main with a then b, with a gap; a worker runs w.
const ANSWER: TimelineAnswer = {
  frames: { name: ["a", "b", "main", "w"], library: ["", "", "/app", ""], kind: ["user", "user", "user", "user"] },
  threads: {
    pid: [10, 10],
    tid: [10, 11],
    command: ["node", "node"],
    role: ["main thread", "libuv worker 1"],
    cpu: [-1, -1],
    samples: [5, 1],
    spans: [5, 1],
  },
  spans: {
    frame: [2, 0, 1, 2, 0, 3],
    depth: [0, 1, 1, 0, 1, 0],
    start: [0, 0, 2000, 8000, 8000, 1000],
    length: [4000, 2000, 1000, 1000, 1000, 1000],
    samples: [4, 2, 1, 1, 1, 1],
  },
  samples: 6,
  start: 3,
  end: 3.01,
  interval: 0.001,
  exact: false,
};

describe("a stack chart as a tree", () => {
  const { tree, threads, counts, interval } = buildTimeline(ANSWER);

  test("spans are nodes that lie at their times", () => {
    const rows = [...tree.frame].map((frame, node) => [tree.names[frame], tree.depth[node], tree.left[node], tree.total[node], tree.self[node], counts[node]]);
    expect(rows).toEqual([
      ["root", 0, 0, 10_000, 0, 6],
      ["main", 2, 0, 4000, 1000, 4],
      ["a", 3, 0, 2000, 2000, 2],
      ["b", 3, 2000, 1000, 1000, 1],
      ["main", 2, 8000, 1000, 0, 1],
      ["a", 3, 8000, 1000, 1000, 1],
      ["w", 5, 1000, 1000, 1000, 1],
    ]);
    expect(interval).toBe(1000);
    expect(tree.range).toEqual({ start: 3, end: 3.01 });
  });

  test("parents and ends nest by thread", () => {
    expect([...tree.parent]).toEqual([0, 0, 1, 1, 0, 4, 0]);
    expect([...tree.end]).toEqual([7, 4, 3, 4, 6, 6, 7]);
  });

  test("each thread has a row for its name above its frames", () => {
    expect(threads.map(({ label, row, first, end }) => [label, row, first, end])).toEqual([
      ["node 10 · main thread · 5 samples", 1, 1, 6],
      ["node 11 · libuv worker 1 · 1 sample", 4, 6, 7],
    ]);
    const exact = buildTimeline({ ...ANSWER, exact: true });
    expect(exact.threads.map(({ label }) => label)).toEqual(["node 10 · main thread · 5 spans", "node 11 · libuv worker 1 · 1 span"]);
  });

  test("rows are listed left to right", () => {
    const row = (level: number) => [...tree.levelNodes.subarray(tree.levelStart[level], tree.levelStart[level + 1])];
    expect([1, 2, 3, 4, 5].map(row)).toEqual([[], [1, 4], [2, 3, 5], [], [6]]);
  });

  test("a search finds frames as in the flame graph", () => {
    expect(searchTree(tree, "/app")?.frameCount).toBe(1);
  });

  test("samples without ids and the idle task of a CPU have names", () => {
    const named = (cpu: number, tid: number, command: string) =>
      buildTimeline({ ...ANSWER, threads: { ...ANSWER.threads, cpu: [cpu, -1], tid: [tid, 11], command: [command, "node"], role: ["", ""] } }).threads[0]!.label;
    expect(named(3, 0, "swapper")).toBe("swapper on CPU 3 · 5 samples");
    expect(named(-1, -1, "")).toBe("All samples · 5 samples");
  });
});
