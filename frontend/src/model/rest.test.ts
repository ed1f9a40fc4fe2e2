import { describe, expect, it } from "vitest";
import { compareWithRest, selectedSelf, totalsOf } from "./rest";
import { answerOf } from "./treeFixture";

// Of 40 samples, the selection has 10: hot 8 of 10, cold 2 of 20, only 0 of 10.
const WHOLE = answerOf("node 0\n  cold 20\n  hot 10\n  only 10");
const SELECTED = [0, 0, 2, 8, 0];
const [W, A] = [40, 10];
const DELTA = WHOLE.nodes.self.map((own, node) => Math.round(own - (SELECTED[node]! * W) / A));
const ANSWER = { ...WHOLE, nodes: { ...WHOLE.nodes, delta: DELTA } };
const shown = (kind: "differential" | "elided", flip: boolean) => {
  const { nodes, frames } = compareWithRest(ANSWER, A, kind, flip);
  return nodes.frame.map((frame, at) => [frames.name[frame], nodes.self[at], nodes.delta?.[at]]);
};

describe("a selection and the rest of its profile", () => {
  it("reads the selection back from the difference, exactly, whatever was rounded", () => {
    expect([...selectedSelf(ANSWER, A)]).toEqual(SELECTED);
    for (let selected = 1; selected <= 997; selected += 83) {
      const own = Array.from({ length: 50 }, (_, node) => (node * 37) % 23);
      const chosen = own.map((value) => Math.floor((value * selected) / 1000));
      const [w, a] = [own, chosen].map((side) => side.reduce((sum, value) => sum + value, 0)) as [number, number];
      if (a === 0) continue;
      const answer = answerOf(own.map((value, node) => `f${node} ${value}`).join("\n"));
      const delta = [0, ...own.map((value, node) => Math.round(value - (chosen[node]! * w) / a))];
      const found = selectedSelf({ ...answer, nodes: { ...answer.nodes, delta } }, a);
      expect([...found].slice(1)).toEqual(chosen);
    }
  });

  it("compares the selection with the rest, scaled to the selection", () => {
    // The rest has 30: cold 18, hot 2, only 10; a third of that is 6, 0.67 and 3.33.
    expect(shown("differential", false)).toEqual([
      ["root", 0, 0],
      ["node", 0, 0],
      ["cold", 2, -4],
      ["hot", 8, 7],
    ]);
  });

  it("compares the rest with the selection", () => {
    expect(shown("differential", true)).toEqual([
      ["root", 0, 0],
      ["node", 0, 0],
      ["cold", 18, 12],
      ["hot", 2, -22],
      ["only", 10, 10],
    ]);
  });

  it("shows what only the other side has", () => {
    expect(shown("elided", false).filter(([, self]) => self !== 0)).toEqual([["only", 3, undefined]]);
    expect(shown("elided", true).every(([, self]) => self === 0)).toBe(true);
    // Shares are of the side to which it is scaled.
    expect([false, true].map((flip) => compareWithRest(ANSWER, A, "elided", flip).samples)).toEqual([A, W - A]);
  });

  it("never divides by an empty rest, or an empty selection", () => {
    const none = { ...WHOLE, nodes: { ...WHOLE.nodes, delta: [...WHOLE.nodes.self] } };
    expect(compareWithRest(none, 0, "differential", false).samples).toBe(0);
    const all = { ...WHOLE, nodes: { ...WHOLE.nodes, delta: WHOLE.nodes.self.map(() => 0) } };
    expect(compareWithRest(all, W, "differential", false).nodes.delta).toEqual(WHOLE.nodes.self);
  });

  it("adds up totals in pre-order", () => {
    expect([...totalsOf([1, 2, 3, 4], [0, 1, 2, 1])]).toEqual([10, 5, 3, 4]);
  });
});
