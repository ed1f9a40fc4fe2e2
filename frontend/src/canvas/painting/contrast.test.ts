// The colours that are painted, and those of the style sheet: 4.5 for text (WCAG AA), 3 for marks.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { contrast, hex, pixel, type Rgb } from "../../lib/colour";
import { answerOf } from "../../model/flame/treeFixture";
import { differenceTable } from "../../model/flame/frames/differenceColour";
import { buildFlameTree } from "../../model/flame/flameTree";
import { FRAME_INK, frameColours, MATCH_COLOUR } from "../../model/flame/frames/frameColour";
import { dominantColours, hueOf, MOST_HUES } from "../../model/heatmap/colours/heatColours";
import { MATCH_INK, PAPER, paletteTable, selectionInk } from "../../model/heatmap/colours/palette";
import { COLOUR_MODES, DIFFERENCE_PALETTES, PALETTES } from "../../types/explorer";
import { INK } from "./ink";

const SCHEMES = ["light", "dark"] as const;
const TEXT = 4.5;
const MARK = 3;
/** Of the palest cell of a scale: enough to be seen beside an empty one (docs/internals/design.md). */
const PALEST = 1.5;

const FRAMES = [
  "work [/srv/app] 1",
  "deflate [/usr/lib/libz.so.1] 1",
  "v8::internal::Call [/srv/node] 1",
  "v8::internal::Heap::Scavenge [/srv/node] 1",
  "sys_read [kernel] 1",
  ...Array.from({ length: 300 }, (_, index) => `f${index} [lib${index}.so] 1`),
];
const TREE = buildFlameTree(answerOf(`node 0\n${FRAMES.map((frame) => `  ${frame}`).join("\n")}`));

const rgb = (text: string) => text.match(/\d+/g)!.map(Number) as unknown as Rgb;
const sheet = readFileSync("src/views/app/app.css", "utf8");

/** The colours that app.css declares for a scheme. */
function declared(scheme: (typeof SCHEMES)[number]): Map<string, Rgb> {
  const start = scheme === "light" ? sheet.indexOf(":root {") : sheet.indexOf(':root[data-mantine-color-scheme="dark"] {');
  const block = sheet.slice(start, sheet.indexOf("}", start));
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, colour]) => [name!, hex(colour!)]));
}

describe.each(SCHEMES)("in the %s scheme", (scheme) => {
  it.each(COLOUR_MODES)("names are readable on frames coloured by %s", (mode) => {
    const ink = hex(FRAME_INK[scheme]);
    for (const colour of frameColours(TREE, mode, scheme)) expect(contrast(rgb(colour), ink)).toBeGreaterThan(TEXT);
    expect(contrast(MATCH_COLOUR[scheme], ink)).toBeGreaterThan(TEXT);
  });

  it.each(DIFFERENCE_PALETTES)("names are readable on differences in %s", (palette) => {
    for (const colour of differenceTable(palette, scheme)) {
      expect(contrast(rgb(colour), hex(FRAME_INK[scheme]))).toBeGreaterThan(TEXT);
    }
  });

  it.each(PALETTES)("the fullest cell of %s stands out, and in the dark it is the brightest", (palette) => {
    for (const maximum of [1, 2, 3, 5, 17, 400]) {
      const table = paletteTable(palette, scheme, maximum);
      expect(contrast(table[maximum]!, PAPER[scheme])).toBeGreaterThan(MARK);
      const light = table.map((colour) => contrast(colour, [0, 0, 0]));
      if (scheme === "dark") expect(light[maximum]).toBe(Math.max(...light));
      // Channels are whole numbers, so that neighbours of hundreds of shades may differ by a rounding.
      if (scheme === "dark") light.slice(1).forEach((value, at) => expect(value).toBeGreaterThan(light[at]! - 0.03));
    }
  });

  it.each(PALETTES)("no cell of %s is as pale as an empty one, and each of the safe palette stands out", (palette) => {
    for (const maximum of [1, 2, 3, 5, 17, 400, 100_000]) {
      for (const colour of paletteTable(palette, scheme, maximum).slice(1)) {
        expect(contrast(colour, PAPER[scheme])).toBeGreaterThan(palette === "safe" ? MARK : PALEST);
      }
    }
  });

  it("hues of marks and of values stand out, and a mixed cell is seen", () => {
    for (let place = 0; place <= MOST_HUES; place += 1) expect(contrast(hueOf(place, scheme), PAPER[scheme])).toBeGreaterThan(MARK);
    const cells = (count: number) => ({ columns: 1, rows: 1, counts: Float64Array.of(count), matches: undefined, maximum: 100, estimated: 0, unrecorded: [] });
    for (let place = 0; place < MOST_HUES; place += 1) {
      const parts = Array.from({ length: MOST_HUES }, (_, at) => cells(at === place ? 2 : 1));
      const [painted] = dominantColours(cells(MOST_HUES + 1), parts, scheme);
      const colour: Rgb = [painted! & 255, (painted! >> 8) & 255, (painted! >> 16) & 255];
      expect(pixel(colour)).toBe(painted);
      expect(contrast(colour, PAPER[scheme])).toBeGreaterThan(PALEST);
    }
  });

  it("marks stand out from the paper that surrounds them", () => {
    const { outline, second, paper } = selectionInk(scheme);
    for (const mark of [outline, second, MATCH_INK[scheme]]) {
      expect(contrast(mark, PAPER[scheme])).toBeGreaterThan(MARK);
      expect(contrast(mark, paper)).toBeGreaterThan(MARK);
    }
  });

  it("axes and the page's texts are readable", () => {
    expect(contrast(hex(INK[scheme].dim), PAPER[scheme])).toBeGreaterThan(TEXT);
    const colours = declared(scheme);
    for (const paper of ["page", "panel"]) {
      for (const ink of ["ink", "ink-dim", "accent", "danger", "match"]) {
        expect(contrast(colours.get(ink)!, colours.get(paper)!), `${ink} on ${paper}`).toBeGreaterThan(TEXT);
      }
    }
    expect(contrast(colours.get("accent")!, colours.get("accent-faint")!)).toBeGreaterThan(TEXT);
  });
});
