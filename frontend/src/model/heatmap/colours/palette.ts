// From counts to colours. One table per palette and scheme, looked up by count: painting then needs
// no arithmetic per cell. The dark scheme has palettes of its own: "white" is the dark paper, more is brighter, and
// the maximum is the brightest of all. The palest cell of "red" and "enhanced", which are the original's, is one that
// is seen beside an empty one; every cell of "safe" has the contrast of a mark (docs/internals/design.md).
import { hex, oklch, ramp, type Rgb } from "../../../lib/colour";
import type { Palette } from "../../../types/explorer";
import type { Scheme } from "../../../types/scheme";

export const PAPER: Readonly<Record<Scheme, Rgb>> = { light: hex("#ffffff"), dark: hex("#1d1d20") };

/** Counts above this share the table's last colours; no screen shows that many shades. */
const TABLE_MAX = 4096;
/** Place of a single sample in the ramp of "red": it must differ from none, however high the maximum. */
const FAINTEST = 0.18;

const RED: Readonly<Record<Scheme, readonly Rgb[]>> = {
  light: [hex("#ffffff"), hex("#ff5032"), hex("#d40a16")],
  dark: [hex("#4f1f1a"), hex("#ab3422"), hex("#ff6a3d"), hex("#ffe3b0")],
};
/** The original's enhanced mode: pink from three samples on, so that one and two stand apart in blue. */
const WARM: Readonly<Record<Scheme, readonly Rgb[]>> = {
  light: [hex("#ffa9bd"), hex("#ff5032"), hex("#d40a16")],
  dark: [hex("#d0566f"), hex("#ff8257"), hex("#ffe9c4")],
};
const BLUE: Readonly<Record<Scheme, readonly [Rgb, Rgb]>> = {
  light: [hex("#b0d0fb"), hex("#5a9cf2")],
  dark: [hex("#234a82"), hex("#3a70bd")],
};
/** One or two samples, where no cell has more. */
const FULL_BLUE: Readonly<Record<Scheme, Rgb>> = { light: hex("#2f6fd0"), dark: hex("#7db0f7") };
/** Cividis (Nuñez, Anderton, Renslow 2018): the same to most kinds of colour vision. */
const CIVIDIS = ["#00224e", "#2a3f6d", "#575d6d", "#7d7c78", "#a59c74", "#d2c060", "#fee838"].map(hex);
/** Where its colours have a contrast of 3 to the paper: the rest of it is used, from there to its end. */
const CIVIDIS_FROM: Readonly<Record<Scheme, number>> = { light: 0.39, dark: 0.42 };
const CIVIDIS_TO_MOST: Readonly<Record<Scheme, readonly Rgb[]>> = { light: [...CIVIDIS].reverse(), dark: CIVIDIS };

/** Colour of each count from 0 to min(maximum, 4096). */
export function paletteTable(palette: Palette, scheme: Scheme, maximum: number): Rgb[] {
  const size = Math.min(Math.max(maximum, 1), TABLE_MAX);
  return Array.from({ length: size + 1 }, (_, index) => colourOf(palette, scheme, index, size));
}

/** Index of a count in the table. An estimated count may be fractional or above the maximum. */
export function tableIndex(count: number, maximum: number, tableLength: number): number {
  if (count === 0) return 0;
  const place = maximum < tableLength ? count : (count / maximum) * (tableLength - 1);
  return Math.min(Math.max(Math.round(place), 1), tableLength - 1);
}

function colourOf(palette: Palette, scheme: Scheme, count: number, maximum: number): Rgb {
  if (count === 0) return PAPER[scheme];
  const from = (least: number) => least + ((1 - least) * count) / maximum;
  switch (palette) {
    case "red":
      return ramp(RED[scheme], from(FAINTEST));
    case "enhanced":
      if (count <= 2) return count === maximum ? FULL_BLUE[scheme] : BLUE[scheme][count - 1]!;
      return ramp(WARM[scheme], maximum <= 3 ? 1 : (count - 3) / (maximum - 3));
    case "safe":
      // Light: from sand to dark blue; dark: from slate to yellow, so that more always stands out.
      return ramp(CIVIDIS_TO_MOST[scheme], from(CIVIDIS_FROM[scheme]));
  }
}

/** Matches of a search: the violet of matching frames, which no palette has. */
export const MATCH_INK: Readonly<Record<Scheme, Rgb>> = { light: oklch(0.42, 0.2, 305), dark: oklch(0.8, 0.17, 325) };

/** Colours of the selections' outlines, and of the text on them. */
export function selectionInk(scheme: Scheme): { readonly outline: Rgb; readonly second: Rgb; readonly paper: Rgb } {
  return scheme === "light"
    ? { outline: oklch(0.25, 0.02, 265), second: oklch(0.52, 0.2, 258), paper: hex("#ffffff") }
    : { outline: oklch(0.97, 0.01, 265), second: oklch(0.75, 0.14, 250), paper: hex("#151517") };
}

/** Lay `share` of a colour over another one. */
export interface Shade {
  readonly colour: Rgb;
  readonly share: number;
}

/** The veil over cells outside of the selections. It tints the paper and keeps the cells nearly as they are, because
 * a burst there is what a user selects next. */
export const OUTSIDE: Readonly<Record<Scheme, Shade>> = {
  light: { colour: hex("#5a6070"), share: 0.15 },
  dark: { colour: hex("#c0c4d0"), share: 0.12 },
};
