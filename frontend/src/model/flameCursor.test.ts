import { expect, it } from "vitest";
import { ROOT, type NodeId } from "../types/units";
import { moveCursor, type CursorMove } from "./flameCursor";
import { buildFlameTree, nameOf } from "./flameTree";
import { answerOf } from "./treeFixture";

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
