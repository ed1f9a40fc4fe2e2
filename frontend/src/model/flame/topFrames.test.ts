import { expect, it } from "vitest";
import { buildFlameTree } from "./flameTree";
import { topFrames } from "./topFrames";
import { answerOf } from "./treeFixture";

it("adds up a frame's own samples wherever it occurs, most first", () => {
  const tree = buildFlameTree(answerOf("a 1\n  b 2\n    c 4\n  c 3\nd 0\n  b 1"));
  expect(topFrames(tree, 2)).toEqual([
    { name: "c", library: "", self: 7 },
    { name: "b", library: "", self: 3 },
  ]);
  expect(topFrames(tree, 9).map((frame) => frame.name)).toEqual(["c", "b", "a"]);
});
