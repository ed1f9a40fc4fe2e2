import { expect, it } from "vitest";
import { nodeId, px, ROOT, type NodeId } from "../../../types/units";
import { boxBeside, boxOf, moveCursor, openRun, type CursorMove } from "./flameCursor";
import { FlameBoxes, layoutBoxes } from "./flameLayout";
import { buildFlameTree, nameOf } from "../flameTree";
import { answerOf } from "../treeFixture";

const TREE = buildFlameTree(answerOf("bash 1\nnode 0\n  idle 2\n  work 5\n    hash 1"));

function walk(...moves: CursorMove[]): string {
  const node = moves.reduce<NodeId>((at, move) => moveCursor(TREE, at, move), ROOT);
  return nameOf(TREE, node);
}

it("walks to callees, callers and neighbours, and stays where there is none", () => {
  expect(walk("deeper")).toBe("node");
  expect(walk("deeper", "left")).toBe("bash");
  expect(walk("deeper", "left", "left")).toBe("bash");
  expect(walk("deeper", "left", "deeper")).toBe("bash");
  expect(walk("deeper", "deeper")).toBe("work");
  expect(walk("deeper", "deeper", "left")).toBe("idle");
  expect(walk("deeper", "deeper", "deeper", "deeper", "right")).toBe("hash");
  expect(walk("deeper", "deeper", "shallower", "shallower", "shallower")).toBe("root");
});

it("opens a box of merged frames at what they have in common, else at the largest", () => {
  const tree = buildFlameTree(answerOf("a 0\n  b 0\n    x 1\n    y 3\n    z 2\nc 0\n  d 1"));
  const [b, x] = [nodeId(2), nodeId(3)];
  expect(nameOf(tree, openRun(tree, ROOT, x, 3))).toBe("b");
  expect(nameOf(tree, openRun(tree, b, x, 3))).toBe("y");
  // b and d have only the root in common.
  expect(nameOf(tree, openRun(tree, ROOT, b, 2))).toBe("b");
  // b has the whole width of a already: as wide as before.
  expect(nameOf(tree, openRun(tree, nodeId(1), x, 3))).toBe("y");
});

it("goes past thin frames that share a box in one step, as they are seen", () => {
  const thin = Array.from({ length: 40 }, (_, at) => `t${String(at).padStart(2, "0")} 1`).join("\n");
  const tree = buildFlameTree(answerOf(`a 500\n${thin}\nz 500`));
  const boxes = new FlameBoxes();
  layoutBoxes(tree, { zoom: ROOT, width: px(1000), fromLevel: 0, toLevel: 2 }, boxes);
  const [a, first, tenth, z] = [nodeId(1), nodeId(2), nodeId(11), nodeId(42)];
  expect([nameOf(tree, a), nameOf(tree, z)]).toEqual(["a", "z"]);
  expect(boxes.merged[boxOf(tree, boxes, tenth)]).toBe(40);
  expect(boxBeside(tree, boxes, a, "right")).toBe(first);
  expect(boxBeside(tree, boxes, first, "right")).toBe(z);
  expect(boxBeside(tree, boxes, tenth, "left")).toBe(a);
  expect([boxBeside(tree, boxes, a, "left"), boxBeside(tree, boxes, z, "right")]).toEqual([a, z]);
  // A level that is not drawn is walked frame by frame.
  layoutBoxes(tree, { zoom: ROOT, width: px(1000), fromLevel: 0, toLevel: 1 }, boxes);
  expect(boxOf(tree, boxes, first)).toBe(-1);
  expect(boxBeside(tree, boxes, first, "right")).toBe(nodeId(3));
});
