import { expect, it } from "vitest";
import { buildFlameTree } from "./flameTree";
import { withOtherTotals } from "./otherTotals";
import { answerOf } from "./treeFixture";

const FIRST = answerOf("node 0\n  f 4\n    g 2\n  h 4");
const withDelta = { ...FIRST, nodes: { ...FIRST.nodes, delta: FIRST.nodes.self } };

it("counts what the other side has below a node and alone, scaled", () => {
  const second = answerOf("node 0\n  f [lib] 1\n  f 0\n    only 15\n  h 4");
  // 20 samples there, 10 here. Libraries do not count, kinds do: a user's f is not this f.
  expect(withOtherTotals(withDelta, second).nodes.otherTotal).toEqual([10, 10, 7.5, 0, 2]);
});

it("makes a difference of nothing of a side and itself", () => {
  const tree = buildFlameTree(withOtherTotals(withDelta, FIRST));
  expect([...tree.delta!].every((value) => value === 0)).toBe(true);
});

it("divides by no empty side", () => {
  const empty = { ...answerOf("x 0"), samples: 0 };
  expect(withOtherTotals(withDelta, empty).nodes.otherTotal).toEqual([0, 0, 0, 0, 0]);
});
