import { describe, expect, it } from "vitest";
import { contrast, hex, mix } from "../../../lib/colour";
import { PALETTES } from "../../../types/explorer";
import { OUTSIDE, PAPER, paletteTable, tableIndex } from "./palette";

const SCHEMES = ["light", "dark"] as const;

describe("palettes", () => {
  it("shows an empty cell as paper, white in the light scheme", () => {
    expect(PAPER.light).toEqual([255, 255, 255]);
    for (const scheme of SCHEMES) {
      for (const palette of PALETTES) expect(paletteTable(palette, scheme, 17)[0]).toEqual(PAPER[scheme]);
    }
  });

  it("tells every count up to forty apart from its neighbours and from nothing", () => {
    for (const scheme of SCHEMES) {
      for (const palette of PALETTES) {
        const texts = paletteTable(palette, scheme, 40).map(String);
        expect(new Set(texts).size).toBe(41);
      }
    }
  });

  it("moves away from the paper as counts rise", () => {
    for (const scheme of SCHEMES) {
      for (const palette of ["red", "safe"] as const) {
        const distances = paletteTable(palette, scheme, 10).map((colour) => contrast(colour, PAPER[scheme]));
        expect(distances).toEqual([...distances].sort((a, b) => a - b));
      }
    }
  });

  it("shows one and two samples in blue and three in red when enhanced", () => {
    const [, one, two, three] = paletteTable("enhanced", "light", 9);
    for (const [red, , blue] of [one!, two!]) expect(blue).toBeGreaterThan(red);
    expect(three![0]).toBeGreaterThan(three![2]);
  });

  it("ends the original palette in red, also with a maximum of one", () => {
    expect(paletteTable("red", "light", 1)[1]).toEqual(hex("#d40a16"));
    expect(paletteTable("enhanced", "light", 3)[3]).toEqual(hex("#d40a16"));
    expect(paletteTable("red", "light", 0)).toHaveLength(2);
  });

  it("folds huge counts into a bounded table, one sample still apart from none", () => {
    const table = paletteTable("red", "light", 1_000_000);
    expect(table.length).toBeLessThan(5000);
    expect(tableIndex(0, 1_000_000, table.length)).toBe(0);
    expect(tableIndex(1, 1_000_000, table.length)).toBe(1);
    expect(tableIndex(1_000_000, 1_000_000, table.length)).toBe(table.length - 1);
    expect(tableIndex(7, 17, 18)).toBe(7);
  });

  it("has a colour for counts that are estimated", () => {
    expect([0.01, 7.6, 99].map((count) => tableIndex(count, 17, 18))).toEqual([1, 8, 17]);
  });

  it("leaves what lies outside of a selection nearly as clear as inside, and the paper apart from it", () => {
    for (const scheme of SCHEMES) {
      const { colour, share } = OUTSIDE[scheme];
      const outside = mix(PAPER[scheme], colour, share);
      expect(contrast(outside, PAPER[scheme])).toBeGreaterThan(1.15);
      for (const palette of PALETTES) {
        const table = paletteTable(palette, scheme, 9);
        for (const count of [2, 5, 9]) {
          const [before, after] = [contrast(table[count]!, PAPER[scheme]), contrast(mix(table[count]!, colour, share), outside)];
          // How far it stands out from the paper: 1 is not at all.
          expect((after - 1) / (before - 1)).toBeGreaterThan(0.5);
        }
      }
    }
  });
});
