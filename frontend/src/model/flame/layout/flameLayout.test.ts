import { describe, expect, it } from "vitest";
import { nodeId, px, ROOT } from "../../../types/units";
import type { FlameGraphAnswer } from "../../../types/wire";
import { boxAt, FlameBoxes, isAboveZoom, layoutBoxes, spanBetween } from "./flameLayout";
import { buildFlameTree, levelCount, nameOf, type FlameTree } from "../flameTree";
import { answerOf } from "../treeFixture";

function boxesOf(tree: FlameTree, zoom = ROOT, width = 100, fromLevel = 0, toLevel = levelCount(tree)) {
  const boxes = new FlameBoxes();
  layoutBoxes(tree, { zoom, width: px(width), fromLevel, toLevel }, boxes);
  return boxes;
}

function pictures(tree: FlameTree, boxes: FlameBoxes): string[] {
  return Array.from({ length: boxes.count }, (_, box) => {
    const name = nameOf(tree, nodeId(boxes.node[box]!));
    const many = boxes.merged[box]! > 1 ? ` ×${boxes.merged[box]}` : "";
    return `${boxes.level[box]}: ${name}${many} ${boxes.x[box]}+${boxes.width[box]}`;
  });
}

const TREE = buildFlameTree(
  answerOf(`
    bash 20
    node 10
      idle 30
      work 10
        hash 30
  `),
);

describe("flame layout", () => {
  it("places every node by its samples", () => {
    expect(pictures(TREE, boxesOf(TREE))).toEqual([
      "0: root 0+100",
      "1: bash 0+20",
      "1: node 20+80",
      "2: idle 20+30",
      "2: work 50+40",
      "3: hash 50+30",
    ]);
  });

  it("gives a zoomed node and its ancestors the whole width, and leaves the rest out", () => {
    const work = nodeId(4);
    expect(nameOf(TREE, work)).toBe("work");
    expect(pictures(TREE, boxesOf(TREE, work))).toEqual([
      "0: root 0+100",
      "1: node 0+100",
      "2: work 0+100",
      "3: hash 0+75",
    ]);
    expect(isAboveZoom(TREE, work, nodeId(2))).toBe(true);
    expect(isAboveZoom(TREE, work, work)).toBe(false);
  });

  it("joins more of the thin frames while a zoom is under way, and loses none", () => {
    const thin = buildFlameTree(answerOf(`\n    node 0\n${Array.from({ length: 8 }, (_, at) => `      f${at} 1`).join("\n")}\n      main 92\n`));
    const view = { zoom: ROOT, width: px(300), fromLevel: 0, toLevel: levelCount(thin) };
    const [still, moving] = [new FlameBoxes(), new FlameBoxes()];
    layoutBoxes(thin, view, still);
    layoutBoxes(thin, { ...view, span: { from: 0, samples: 100 } }, moving);
    expect(still.count).toBe(11);
    expect(pictures(thin, moving)).toEqual(["0: root 0+300", "1: node 0+300", "2: f0 ×8 0+24", "2: main 24+276"]);
  });

  it("draws only the levels asked for", () => {
    expect(pictures(TREE, boxesOf(TREE, ROOT, 100, 1, 2))).toEqual(["1: bash 0+20", "1: node 20+80"]);
    expect(boxesOf(TREE, ROOT, 100, -3, 99).count).toBe(6);
  });

  it("finds the box under a point and nothing beside it", () => {
    const boxes = boxesOf(TREE, ROOT, 100, 1, 4);
    const name = (level: number, x: number) => {
      const box = boxAt(boxes, level, x);
      return box < 0 ? "" : nameOf(TREE, nodeId(boxes.node[box]!));
    };
    expect([name(1, 0), name(1, 19.9), name(1, 20), name(1, 99.9)]).toEqual(["bash", "bash", "node", "node"]);
    expect([name(2, 10), name(2, 95), name(3, 60), name(3, 85)]).toEqual(["", "", "hash", ""]);
    expect([name(0, 5), name(4, 5), name(1, -1), name(1, 100)]).toEqual(["", "", "", ""]);
  });

  it("merges neighbours too thin to see and says how many, wide ones stay", () => {
    const thin = (from: number) => Array.from({ length: 50 }, (_, index) => `  t${from + index} 1`).join("\n");
    const tree = buildFlameTree(answerOf(`node 0\n${thin(100)}\n  t150 1000\n${thin(200)}`));
    const boxes = boxesOf(tree, ROOT, 1100, 2, 3);
    expect(pictures(tree, boxes)).toEqual(["2: t100 ×50 0+50", "2: t150 50+1000", "2: t200 ×50 1050+50"]);
  });

  it("does not merge across a gap that can be seen", () => {
    const tree = buildFlameTree(answerOf("a 0\n  x 1\nb 500\nc 0\n  y 1"));
    expect(pictures(tree, boxesOf(tree, ROOT, 502, 2, 3))).toEqual(["2: x 0+1", "2: y 501+1"]);
  });

  it("shows a bare root when there is nothing", () => {
    const tree = buildFlameTree(answerOf(""));
    expect(pictures(tree, boxesOf(tree))).toEqual(["0: root 0+100"]);
  });

  it("stands for every node of a level exactly once, with 100 000 nodes, in a few milliseconds", () => {
    const tree = buildFlameTree(randomAnswer(100_000));
    const boxes = new FlameBoxes();
    const view = { zoom: ROOT, width: px(1400), fromLevel: 0, toLevel: 60 };
    layoutBoxes(tree, view, boxes);
    const began = performance.now();
    layoutBoxes(tree, view, boxes);
    expect(performance.now() - began).toBeLessThan(100);
    let nodes = 0;
    for (let box = 0; box < boxes.count; box += 1) nodes += boxes.merged[box]!;
    expect(nodes).toBe(tree.levelStart[Math.min(60, levelCount(tree))]);
    expect(boxes.count).toBeLessThan(60 * 1400);
  });
});

/** A tree of the given size from a fixed seed, 200 distinct frames, one sample at every node. */
function randomAnswer(size: number): FlameGraphAnswer {
  let seed = 1;
  const random = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const depth = [0];
  for (let node = 1; node < size; node += 1) {
    depth.push(1 + Math.floor(random() * Math.min(depth[node - 1]! + 1, 80)));
  }
  const total = depth.map(() => 1);
  const parents: number[] = [];
  const parentOf = depth.map((level, node) => {
    parents[level] = node;
    return level > 0 ? parents[level - 1]! : -1;
  });
  for (let node = size - 1; node > 0; node -= 1) total[parentOf[node]!]! += total[node]!;
  const names = Array.from({ length: 200 }, (_, index) => `function${index}`);
  return {
    frames: { name: names, library: names.map(() => "lib"), kind: names.map(() => "user") },
    nodes: { frame: depth.map(() => Math.floor(random() * 200)), depth, self: depth.map(() => 1), total },
    samples: size,
    profileSamples: size,
    profileLevels: 1,
    start: 0,
    end: 1,
    unit: "samples",
  };
}

describe("a zoom under way", () => {
  it("begins and ends at its spans, and changes its magnification evenly", () => {
    const [start, end] = [{ from: 0, samples: 1000 }, { from: 600, samples: 10 }];
    expect(spanBetween(start, end, 0)).toEqual(start);
    expect(spanBetween(start, end, 1).from).toBeCloseTo(600);
    expect(spanBetween(start, end, 0.5).samples).toBeCloseTo(100);
    expect(spanBetween(start, start, 0.5)).toEqual(start);
    expect(spanBetween({ from: 0, samples: 0 }, end, 0.5)).toEqual(end);
  });
});
