import { describe, expect, it } from "vitest";
import { nodeId, ROOT } from "../../types/units";
import { buildFlameTree, cpuTime, deepestOf, isAncestor, levelCount, nameOf, pathTo } from "./flameTree";
import { answerOf, pictureOf } from "./treeFixture";

const TREE = buildFlameTree(
  answerOf(`
    node 1
      work 2
        write 4
        hash 3
      idle 5
    bash 6
  `),
);

describe("the CPU time of samples", () => {
  it("is their number times the interval, where that is known", () => {
    const timed = buildFlameTree(answerOf("main 12", { sampleSeconds: 0.001 }));
    expect([12, 1893, 0].map((samples) => cpuTime(timed, samples))).toEqual(["12.0 ms", "1.89 s", ""]);
    expect(cpuTime(TREE, 12)).toBe("");
  });
});

describe("flame tree", () => {
  it("draws siblings by name, side by side, self samples at the right", () => {
    expect(pictureOf(TREE)).toBe(
      ["bash 0+6", "node 6+15", "  idle 6+5", "  work 11+9", "    hash 11+3", "    write 14+4"].join("\n"),
    );
  });

  it("lists each level from left to right without overlap, children inside their parents", () => {
    expect(levelCount(TREE)).toBe(4);
    for (let level = 0; level < levelCount(TREE); level += 1) {
      let right = 0;
      for (const node of TREE.levelNodes.subarray(TREE.levelStart[level], TREE.levelStart[level + 1])) {
        expect(TREE.depth[node]).toBe(level);
        expect(TREE.left[node]).toBeGreaterThanOrEqual(right);
        right = TREE.left[node]! + TREE.total[node]!;
        const parent = TREE.parent[node]!;
        expect(right).toBeLessThanOrEqual(TREE.left[parent]! + TREE.total[parent]!);
      }
    }
  });

  it("knows subtrees and paths", () => {
    const write = nodeId(6);
    expect(pathTo(TREE, write).map((node) => nameOf(TREE, node))).toEqual(["node", "work", "write"]);
    expect(isAncestor(TREE, nodeId(2), write)).toBe(true);
    expect(isAncestor(TREE, nodeId(1), write)).toBe(false);
    expect(deepestOf(TREE, ROOT)).toBe(3);
    expect(deepestOf(TREE, nodeId(1))).toBe(1);
  });

  it("takes an answer with nothing but a root", () => {
    const empty = buildFlameTree(answerOf(""));
    expect([empty.nodeCount, levelCount(empty), empty.samples]).toEqual([1, 1, 0]);
  });

  it("survives stacks of tens of thousands of frames", () => {
    const depth = Array.from({ length: 50_000 }, (_, index) => index);
    const tree = buildFlameTree({
      frames: { name: ["root", "f"], library: ["", ""], kind: ["", ""] },
      nodes: {
        frame: depth.map((level) => Math.min(level, 1)),
        depth,
        self: depth.map(() => 1),
        total: depth.map((level) => 50_000 - level),
      },
      samples: 50_000,
      profileSamples: 50_000,
      profileLevels: 1,
      start: 0,
      end: 1,
      unit: "samples",
    });
    expect(levelCount(tree)).toBe(50_000);
    expect(pathTo(tree, nodeId(49_999))).toHaveLength(49_999);
  });
});
