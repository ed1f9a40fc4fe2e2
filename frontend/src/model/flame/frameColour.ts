// Colours of frames, one per distinct frame, in the mode that the user chose. The hue shows the class of a
// frame. A small step in lightness, from the name, separates neighbours of one class. Lightness is chosen
// so that the text on top keeps a contrast of 4.5 in both schemes.
import { css, oklch, type Rgb } from "../../lib/colour";
import { hashFraction } from "../../lib/hash";
import type { ColourMode } from "../../types/explorer";
import type { Scheme } from "../../types/scheme";
import type { FlameTree } from "./flameTree";
import { tierOf, type Tier } from "./javascriptTier";

export interface LegendEntry {
  readonly label: string;
  readonly colour: string;
}

interface Paint {
  readonly label: string;
  readonly hue: number;
  /** Share of the full chroma: 0 is grey. */
  readonly strength: number;
}

const GREY: Paint = { label: "process, thread", hue: 265, strength: 0.08 };

const KINDS: Readonly<Record<string, Paint>> = {
  user: { label: "user", hue: 52, strength: 0.85 },
  kernel: { label: "kernel", hue: 255, strength: 0.8 },
  jit: { label: "jit", hue: 152, strength: 0.95 },
  inlined: { label: "inlined", hue: 105, strength: 0.9 },
  interpreted: { label: "interpreted", hue: 30, strength: 1.1 },
  c1: { label: "C1", hue: 80, strength: 1 },
  "": GREY,
};

const TIERS: Readonly<Record<Tier, Paint>> = {
  optimised: { label: "TurboFan", hue: 152, strength: 1.1 },
  maglev: { label: "Maglev", hue: 115, strength: 1 },
  baseline: { label: "Sparkplug", hue: 80, strength: 1 },
  interpreted: { label: "interpreted", hue: 30, strength: 1.1 },
  unknown: { label: "tier unknown", hue: 215, strength: 0.8 },
  builtin: { label: "builtin", hue: 275, strength: 0.6 },
  native: { label: "not JavaScript", hue: 265, strength: 0.08 },
};

const LIGHTNESS: Readonly<Record<Scheme, number>> = { light: 0.83, dark: 0.43 };
const CHROMA: Readonly<Record<Scheme, number>> = { light: 0.105, dark: 0.085 };
/** Half of the range of lightness within one hue. */
const SPREAD = 0.035;
const LIBRARIES_SHOWN = 5;

/** Text on frames, and on frames that match a search. */
export const FRAME_INK: Readonly<Record<Scheme, string>> = { light: "#17171a", dark: "#f3f3f5" };

/** Matches of a search: a colour that no kind has. */
export const MATCH_COLOUR: Readonly<Record<Scheme, Rgb>> = {
  light: oklch(0.76, 0.19, 325),
  dark: oklch(0.5, 0.22, 325),
};

/** A way to colour that the tree has something for. */
export type KnownMode = Exclude<ColourMode, "auto">;

/**
 * Resolve "auto": kinds where the profile has any, else libraries where it has several, else names. Frames of a
 * profile without kinds would all be grey.
 */
export function colourMode(tree: FlameTree, mode: ColourMode): KnownMode {
  if (mode !== "auto") return mode;
  if (tree.kinds.some((kind) => kind !== "")) return "kind";
  return new Set(tree.libraries.map(fileOf).filter((library) => library !== "")).size > 1 ? "library" : "name";
}

export function frameColours(tree: FlameTree, chosen: ColourMode, scheme: Scheme): string[] {
  const mode = colourMode(tree, chosen);
  return tree.names.map((name, frame) => {
    const library = fileOf(tree.libraries[frame] ?? "");
    const kind = tree.kinds[frame] ?? "";
    const known = knownOf(`${mode} ${scheme} ${mode === "library" ? library : kind}`);
    const before = known.get(name);
    if (before !== undefined) return before;
    const colour = css(shade(paintOf(mode, name, library, kind), scheme, hashFraction(name) * 2 - 1));
    known.set(name, colour);
    return colour;
  });
}

/** Cached colours by name for each mode: every move of a drag brings the same names again. */
const known = new Map<string, Map<string, string>>();
const KNOWN_MAX = 50_000;

function knownOf(way: string): Map<string, string> {
  const names = known.get(way);
  if (names !== undefined && names.size < KNOWN_MAX) return names;
  const fresh = new Map<string, string>();
  known.set(way, fresh);
  return fresh;
}

/** The meaning of the colours that occur. Of libraries the busiest; empty where every name has its own colour. */
export function colourLegend(tree: FlameTree, chosen: ColourMode, scheme: Scheme): LegendEntry[] {
  const mode = colourMode(tree, chosen);
  if (mode === "name") return [];
  if (mode === "library") return libraryLegend(tree, scheme);
  const paints: Readonly<Record<string, Paint>> = mode === "kind" ? KINDS : TIERS;
  const present = new Set(tree.names.map((name, frame) => paintOf(mode, name, "", tree.kinds[frame] ?? "")));
  return Object.values(paints)
    .filter((paint) => present.has(paint))
    .map((paint) => ({ label: paint.label, colour: css(shade(paint, scheme, 0)) }));
}

/** V8 profiles name the line of a function behind its file: "/srv/app/busy.js:18". Colours are of files. */
function fileOf(library: string): string {
  return library.replace(/(?::\d{1,9}){1,2}$/, "");
}

function libraryLegend(tree: FlameTree, scheme: Scheme): LegendEntry[] {
  const self = new Map<string, number>();
  for (let node = 0; node < tree.nodeCount; node += 1) {
    const library = fileOf(tree.libraries[tree.frame[node]!] ?? "");
    if (library !== "") self.set(library, (self.get(library) ?? 0) + tree.self[node]!);
  }
  return [...self]
    .sort(([, a], [, b]) => b - a)
    .slice(0, LIBRARIES_SHOWN)
    .map(([library]) => ({
      label: library.slice(library.lastIndexOf("/") + 1) || library,
      colour: css(shade(paintOf("library", "", library, ""), scheme, 0)),
    }));
}

function shade({ hue, strength }: Paint, scheme: Scheme, step: number): Rgb {
  return oklch(LIGHTNESS[scheme] + SPREAD * step, CHROMA[scheme] * strength, hue);
}

function paintOf(mode: KnownMode, name: string, library: string, kind: string): Paint {
  switch (mode) {
    case "kind":
      return KINDS[kind] ?? GREY;
    case "tier":
      return TIERS[tierOf(name, kind)];
    case "library":
      return library === "" ? GREY : { label: library, hue: 360 * hashFraction(library), strength: 0.9 };
    case "name":
      // The warm hues that flame graphs are named for.
      return { label: name, hue: 20 + 75 * hashFraction(`${name}~`), strength: 1.05 };
  }
}
