import { describe, expect, it } from "vitest";
import { contrast, type Rgb } from "../../../lib/colour";
import { differenceShades, differenceTable, SHADES } from "./differenceColour";
import { buildFlameTree } from "../flameTree";
import { hex } from "../../../lib/colour";
import { FRAME_INK } from "./frameColour";
import { answerOf } from "../treeFixture";

const ANSWER = answerOf("node 0\n  less 4\n  more 8\n  same 2");
const TREE = buildFlameTree({ ...ANSWER, nodes: { ...ANSWER.nodes, totalDelta: [6, 6, -2, 8, 0] } });

describe("colours of a comparison", () => {
  it("adds differences up to the callers", () => {
    expect([...TREE.delta!]).toEqual([6, 6, -2, 8, 0]);
  });

  it("gives the largest difference the last shade, and none the middle one", () => {
    expect([...differenceShades(TREE)].slice(2)).toEqual([SHADES - SHADES / 2, 2 * SHADES, SHADES]);
  });

  it.each(["redblue", "safe"] as const)("keeps text readable on every shade of %s", (palette) => {
    for (const scheme of ["light", "dark"] as const) {
      for (const colour of differenceTable(palette, scheme)) {
        const rgb = colour.match(/\d+/g)!.map(Number) as unknown as Rgb;
        expect(contrast(rgb, hex(FRAME_INK[scheme]))).toBeGreaterThan(4.5);
      }
    }
  });

});
