// Colours of cells that mean something else than their samples: the chosen lane's part of each cell, or the value that
// has most of it. One packed colour a cell, in the order of the cells.
import { hex, mix, pixel, type Rgb } from "../../../lib/colour";
import type { Palette } from "../../../types/explorer";
import type { Scheme } from "../../../types/scheme";
import type { ShownCells } from "../heatmapCells";
import { PAPER, paletteTable, tableIndex } from "./palette";

const PERCENT = 100;
/** A cell's colour is never fainter than this part of it. */
const LEAST = 0.45;

/** Distinct hues of the same strength, for the busiest values and for marks. Okabe and Ito (2008), and two more; on white
 * three of theirs are too pale for a line, and darker here. */
const HUES: Readonly<Record<Scheme, readonly Rgb[]>> = {
  light: ["#0072b2", "#d55e00", "#009e73", "#c8699c", "#b98000", "#2f93cf", "#7a4fbf", "#8a7a1f"].map(hex),
  dark: ["#3d9fe0", "#f0803c", "#2fc39b", "#e29bc5", "#f0b429", "#86cdf5", "#a98bea", "#c9b94a"].map(hex),
};
const OTHERS: Readonly<Record<Scheme, Rgb>> = { light: hex("#8a8a94"), dark: hex("#8f8f9a") };

/** Values that have a colour of their own. */
export const MOST_HUES = HUES.light.length;

/** The colour of the value at a place; of all others beyond the last. */
export function hueOf(place: number, scheme: Scheme): Rgb {
  return HUES[scheme][place] ?? OTHERS[scheme];
}

/** @param part the samples of the chosen lane, cell by cell; @param all those of the heatmap */
export function shareColours(part: ShownCells, all: ShownCells, palette: Palette, scheme: Scheme): Uint32Array {
  const table = paletteTable(palette, scheme, PERCENT).map(pixel);
  return Uint32Array.from(all.counts, (count, cell) => {
    const share = count > 0 ? Math.min((part.counts[cell] ?? 0) / count, 1) : 0;
    return table[tableIndex(share * PERCENT, PERCENT, table.length)]!;
  });
}

/**
 * @param all the heatmap's cells
 * @param parts those of the values with colours, in the order of their colours; the rest counts as others
 */
export function dominantColours(all: ShownCells, parts: readonly ShownCells[], scheme: Scheme): Uint32Array {
  const paper = PAPER[scheme];
  return Uint32Array.from(all.counts, (count, cell) => {
    if (count <= 0) return pixel(paper);
    let [place, most, sum] = [parts.length, 0, 0];
    parts.forEach(({ counts }, at) => {
      const own = counts[cell] ?? 0;
      sum += own;
      if (own > most) [place, most] = [at, own];
    });
    if (count - sum > most) [place, most] = [MOST_HUES, count - sum];
    return pixel(mix(paper, hueOf(place, scheme), LEAST + (1 - LEAST) * Math.min(most / count, 1)));
  });
}

/** Samples of a cell of `seconds` by rows while all CPUs are busy; undefined where that is not known. */
export function fullCell(rows: number, seconds: number, frequency: number | undefined, cpus: number | undefined): number | undefined {
  if (!frequency || !cpus) return undefined;
  return Math.max((frequency * cpus * seconds) / rows, 1);
}
