// Colours of a comparison: one hue for more, another for less, grey for as much. The difference of a
// node is that of all below it. Its colour is relative to the largest one, by the root, so that middling
// differences do not drown. The sign is also written on the frame, since colour alone is not accessible.
import { css, oklch } from "../../../lib/colour";
import type { DifferencePalette } from "../../../types/explorer";
import type { Scheme } from "../../../types/scheme";
import type { FlameTree } from "../flameTree";

/** Shades on either side of none. */
export const SHADES = 12;

const HUES: Readonly<Record<DifferencePalette, { readonly more: number; readonly less: number }>> = {
  redblue: { more: 26, less: 256 },
  // Orange and violet differ to every common kind of colour vision (ColorBrewer's PuOr).
  safe: { more: 62, less: 300 },
};
const LIGHTNESS: Readonly<Record<Scheme, readonly [number, number]>> = { light: [0.93, 0.73], dark: [0.34, 0.5] };
const CHROMA: Readonly<Record<Scheme, number>> = { light: 0.155, dark: 0.14 };

/** From the least (index 0) over none (SHADES) to the most (2 · SHADES). */
export function differenceTable(palette: DifferencePalette, scheme: Scheme): string[] {
  return Array.from({ length: 2 * SHADES + 1 }, (_, index) => {
    const share = (index - SHADES) / SHADES;
    const hue = share > 0 ? HUES[palette].more : HUES[palette].less;
    const [none, most] = LIGHTNESS[scheme];
    return css(oklch(none + (most - none) * Math.abs(share), CHROMA[scheme] * Math.abs(share), hue));
  });
}

/** Index into the table of each node. */
export function differenceShades(tree: FlameTree): Uint32Array {
  const { delta } = tree;
  const shades = new Uint32Array(tree.nodeCount).fill(SHADES);
  if (!delta) return shades;
  const largest = largestDifference(tree);
  if (largest === 0) return shades;
  for (let node = 0; node < tree.nodeCount; node += 1) {
    const share = delta[node]! / largest;
    shades[node] = SHADES + Math.round(Math.sign(share) * Math.sqrt(Math.abs(share)) * SHADES);
  }
  return shades;
}

function largestDifference({ delta }: FlameTree): number {
  return delta ? delta.reduce((most, value) => Math.max(most, Math.abs(value)), 0) : 0;
}
