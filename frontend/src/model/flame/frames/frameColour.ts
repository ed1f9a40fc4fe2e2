// Colours of frames, one per distinct frame, in the mode that the user chose. The hue shows the class of a
// frame. A small step in lightness, from the name, separates neighbours of one class. Lightness is chosen
// so that the text on top keeps a contrast of 4.5 in both schemes.
import { css, oklch, type Rgb } from "../../../lib/colour";
import { hashFraction } from "../../../lib/hash";
import type { ColourMode } from "../../../types/explorer";
import type { Scheme } from "../../../types/scheme";
import type { FlameTree } from "../flameTree";
import { ORIGINS, originOf, type Origin } from "./frameOrigin";
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
  /** Steps towards the text's colour: what should stand out is darker in the light scheme and lighter in the dark one. */
  readonly weight?: number;
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

/** Own code has the most colour, the runtime below it none. */
const ORIGIN_PAINTS: Readonly<Record<Origin, Paint>> = {
  app: { label: "your code", hue: 58, strength: 1.4, weight: 1 },
  package: { label: "packages", hue: 72, strength: 0.6, weight: -0.6 },
  runtime: { label: "runtime", hue: 80, strength: 0.07, weight: -1.4 },
  kernel: { label: "kernel", hue: 268, strength: 0.7 },
  collection: { label: "garbage collection", hue: 305, strength: 0.7 },
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
/** A step of a paint's weight. */
const WEIGHT: Readonly<Record<Scheme, number>> = { light: -0.03, dark: 0.035 };
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
 * Resolve "auto": origins where the profile has several, else kinds, libraries or names, the first that distinguishes
 * frames.
 */
export function colourMode(tree: FlameTree, mode: ColourMode): KnownMode {
  if (mode !== "auto") return mode;
  if (originsOf(tree).size > 1) return "origin";
  if (tree.kinds.some((kind) => kind !== "")) return "kind";
  return new Set(tree.libraries.map(fileOf).filter((library) => library !== "")).size > 1 ? "library" : "name";
}

type Frames = Pick<FlameTree, "names" | "libraries" | "kinds" | "frame">;

/** Origins that occur: asked for by the colours, the legend and the gear. */
function originsOf(tree: FlameTree): ReadonlySet<Origin> {
  return new Set(originsByFrame(tree).filter((origin) => origin !== undefined));
}

/** Return undefined for the root, and for processes and threads, which are the frames without a kind among others. */
export function originAt(frames: Frames, frame: number): Origin | undefined {
  return originsByFrame(frames)[frame];
}

/** Of each answer, by its frames. */
const origins = new WeakMap<readonly string[], readonly (Origin | undefined)[]>();

function originsByFrame({ names, libraries, kinds, frame: nodes }: Frames): readonly (Origin | undefined)[] {
  const before = origins.get(names);
  if (before !== undefined) return before;
  const isKinded = kinds.some((kind) => kind !== "");
  const found = names.map((name, frame) => {
    const [library, kind] = [libraries[frame] ?? "", kinds[frame] ?? ""];
    if (frame === nodes[0] || (kind === "" && library === "" && isKinded)) return undefined;
    return knownOrigin(name, library, kind);
  });
  origins.set(names, found);
  return found;
}

/** By kind and library, then by name: to join the three for a key costs more than the rest of a move. */
const originCache = new Map<string, Map<string, Map<string, Origin>>>();
let originCount = 0;

function knownOrigin(name: string, library: string, kind: string): Origin {
  const known = entryOf(entryOf(originCache, kind), library);
  const before = known.get(name);
  if (before !== undefined) return before;
  const found = originOf(name, library, kind);
  known.set(name, found);
  originCount += 1;
  if (originCount >= KNOWN_MAX) {
    originCache.clear();
    originCount = 0;
  }
  return found;
}

function entryOf<Value>(map: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  const before = map.get(key);
  if (before !== undefined) return before;
  const fresh = new Map<string, Value>();
  map.set(key, fresh);
  return fresh;
}

export function frameColours(tree: FlameTree, chosen: ColourMode, scheme: Scheme): string[] {
  const mode = colourMode(tree, chosen);
  if (mode === "origin") return originColours(tree, scheme);
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

function originColours(tree: FlameTree, scheme: Scheme): string[] {
  const origins = originsByFrame(tree);
  const ways = new Map([undefined, ...ORIGINS].map((origin) => [origin, knownOf(`origin ${scheme} ${origin ?? ""}`)]));
  return tree.names.map((name, frame) => {
    const origin = origins[frame];
    const known = ways.get(origin)!;
    const before = known.get(name);
    if (before !== undefined) return before;
    const colour = css(shade(origin ? ORIGIN_PAINTS[origin] : GREY, scheme, hashFraction(name) * 2 - 1));
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
  if (mode === "origin") {
    const found = originsOf(tree);
    return ORIGINS.filter((origin) => found.has(origin)).map((origin) => legendEntry(ORIGIN_PAINTS[origin], scheme));
  }
  const paints: Readonly<Record<string, Paint>> = mode === "kind" ? KINDS : TIERS;
  const present = new Set(tree.names.map((name, frame) => paintOf(mode, name, "", tree.kinds[frame] ?? "")));
  return Object.values(paints)
    .filter((paint) => present.has(paint))
    .map((paint) => legendEntry(paint, scheme));
}

function legendEntry(paint: Paint, scheme: Scheme): LegendEntry {
  return { label: paint.label, colour: css(shade(paint, scheme, 0)) };
}

/** V8 profiles name the line of a function behind its file: "/srv/app/busy.js:18". Colours are of files. */
function fileOf(library: string): string {
  return library.replace(/(?::\d{1,9}){1,2}$/, "");
}

/** The file of a path or address, its host where it has none: "http://localhost/?again" is localhost. */
function libraryName(library: string): string {
  const path = library.replace(/[?#].*$/s, "").replace(/\/+$/, "");
  return path.slice(path.lastIndexOf("/") + 1) || library;
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
      label: libraryName(library),
      colour: css(shade(paintOf("library", "", library, ""), scheme, 0)),
    }));
}

function shade({ hue, strength, weight = 0 }: Paint, scheme: Scheme, step: number): Rgb {
  return oklch(LIGHTNESS[scheme] + WEIGHT[scheme] * weight + SPREAD * step, CHROMA[scheme] * strength, hue);
}

function paintOf(mode: Exclude<KnownMode, "origin">, name: string, library: string, kind: string): Paint {
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
