import { describe, expect, it } from "vitest";
import { buildFlameTree } from "./flameTree";
import { findFunction, functionCounts, functionKey, sortedFunctions } from "./functionTable";
import { sandwich, totalsOf } from "./sandwich";
import { searchTree } from "./search";
import { answerOf, pictureOf } from "./treeFixture";

const TREE = buildFlameTree(
  answerOf(`
    node 1
      a 0
        f 2
          g 3
          f 4
            g 5
      b 6
        f 7
          h 8
      g 9
  `),
);
const frame = (name: string) => findFunction(TREE, name)!;
const counts = functionCounts(TREE, false);
const names = (rows: Uint32Array) => [...rows].map((row) => TREE.names[row]);

describe("table of functions", () => {
  it("counts a sample once, however often the function recursed", () => {
    expect(counts.total[frame("f")]).toBe(2 + 3 + 4 + 5 + 7 + 8);
    expect(counts.self[frame("f")]).toBe(2 + 4 + 7);
    expect(counts.total[frame("node")]).toBe(45);
    expect(counts.total[frame("g")]).toBe(3 + 5 + 9);
  });

  it("sorts, and keeps only what is searched", () => {
    expect(names(sortedFunctions(TREE, counts, "total", true, undefined)).slice(0, 3)).toEqual(["node", "f", "b"]);
    expect(names(sortedFunctions(TREE, counts, "self", true, undefined)).slice(0, 2)).toEqual(["g", "f"]);
    expect(names(sortedFunctions(TREE, counts, "name", false, undefined))).toEqual(["a", "b", "f", "g", "h", "node"]);
    expect(names(sortedFunctions(TREE, counts, "name", false, searchTree(TREE, "g")))).toEqual(["g"]);
  });

  it("finds a function by its key, and none that is not there", () => {
    expect(findFunction(TREE, functionKey("f", ""))).toBe(frame("f"));
    expect(findFunction(TREE, "nobody")).toBeUndefined();
  });

  it("counts what ran in an inverted tree by its first level", () => {
    const inverted = buildFlameTree(answerOf("g 0\n  f 5\n  node 3\nf 0\n  node 2"));
    const found = functionCounts(inverted, true);
    expect(found.self[findFunction(inverted, "g")!]).toBe(8);
    expect(found.self[findFunction(inverted, "node")!]).toBe(0);
  });
});

describe("callers and callees", () => {
  const { callers, callees } = sandwich(TREE, frame("f"), false);

  it("puts all callers above", () => {
    expect(pictureOf(buildFlameTree(callers))).toBe("a 0+14\n  node 0+14\nb 14+15\n  node 14+15");
    expect(callers.nodes.total[0]).toBe(29);
  });

  it("puts all callees below, a recursive call among them", () => {
    expect(pictureOf(buildFlameTree(callees))).toBe("f 0+9\n  g 0+5\ng 9+3\nh 12+8");
    expect(callees.nodes.total[0]).toBe(29);
  });

  it("has as many samples on both sides, for every function", () => {
    TREE.names.forEach((_, at) => {
      if (at === TREE.frame[0]) return;
      const both = sandwich(TREE, frame(TREE.names[at]!), false);
      expect(both.callers.nodes.total[0]).toBe(counts.total[at]);
      expect(both.callees.nodes.total[0]).toBe(counts.total[at]);
    });
  });

  it("swaps the sides of an inverted tree", () => {
    expect(sandwich(TREE, frame("f"), true).callees).toEqual(callers);
  });
});

it("adds up totals in pre-order", () => {
  expect([...totalsOf([1, 2, 3, 4], [0, 1, 2, 1])]).toEqual([10, 5, 3, 4]);
});

describe("functions of a comparison", () => {
  // This side and the other one: f ran 6 and 2, g 1 and 3.
  const answer = answerOf("node 0\n  f 6\n    g 1");
  const tree = buildFlameTree({ ...answer, nodes: { ...answer.nodes, delta: [0, 0, 4, -2], totalDelta: [2, 2, 2, -2] } });
  const counts = functionCounts(tree, false);
  const of = (values: Float64Array) => ["f", "g"].map((name) => values[tree.names.indexOf(name)]);

  it("have both sides", () => {
    expect(of(counts.other!.change)).toEqual([4, -2]);
    expect(of(counts.other!.self)).toEqual([2, 3]);
    expect(of(counts.other!.total)).toEqual([5, 3]);
  });

  it("have the change of both, and a view of callers that keeps it", () => {
    expect(of(counts.other!.totalChange)).toEqual([2, -2]);
    const { callers, callees } = sandwich(tree, findFunction(tree, "f")!, false);
    expect([callers.nodes.totalDelta, callees.nodes.totalDelta]).toEqual([[2, 2], [2, -2]]);
    expect(buildFlameTree(callers).delta).toEqual(Float64Array.of(2, 2));
  });

  it("have one change in the table and at the root of both halves", () => {
    const both = sandwich(tree, findFunction(tree, "f")!, false, 1.5);
    expect([both.callers, both.callees].map(({ nodes }) => nodes.totalDelta)).toEqual([[1.5, 2], [1.5, -2]]);
  });

  it("are sorted by the change of self", () => {
    const sorted = [...sortedFunctions(tree, counts, "change", true, undefined)].map((frame) => tree.names[frame]);
    expect(sorted).toEqual(["f", "node", "g"]);
  });
});
