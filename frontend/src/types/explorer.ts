// The state of the explorer: all of it is in the address, so that Back, reload and a pasted link
// bring the same screen. Personal settings (light or dark) are not here.
import type { Seconds } from "./units";

/** start ≤ t < end, from the heatmap's first column. */
export interface TimeRange {
  readonly start: Seconds;
  readonly end: Seconds;
}

export const PALETTES = ["red", "enhanced", "safe"] as const;
export type Palette = (typeof PALETTES)[number];

/** "auto" is an icicle where the profile's stacks are deeper than the room. */
export const LAYOUTS = ["auto", "flame", "icicle"] as const;
export type Layout = (typeof LAYOUTS)[number];
export type DrawnLayout = Exclude<Layout, "auto">;

/** Whether runs of frames that say little are drawn as one (model/flame/collapse). */
export const RUNS = ["collapsed", "all"] as const;
export type Runs = (typeof RUNS)[number];

/** "auto" is the first of the others that distinguishes frames of the profile. */
export const COLOUR_MODES = ["auto", "origin", "kind", "library", "name", "tier"] as const;
export type ColourMode = (typeof COLOUR_MODES)[number];

/** The view below the heatmap. */
export const VIEWS = ["graph", "table", "both", "time"] as const;
export type View = (typeof VIEWS)[number];

/** Properties by which samples are broken down, with the server's names. */
export const BREAKDOWNS = ["comm", "process", "thread", "cpu", "event", "function", "library", "kind", "package"] as const;
/** Before the name of a label that samples have, such as label:endpoint. */
export const LABEL = "label:";
export type LabelBy = `${typeof LABEL}${string}`;
export type BreakdownBy = (typeof BREAKDOWNS)[number] | LabelBy;
/** "auto" is the kind of the lanes, or functions if there are none. */
export const WHO = ["auto", ...BREAKDOWNS] as const;
export type Who = "auto" | BreakdownBy;

/** Properties that lanes are made of, besides labels. "auto" is the first of the others with several values in the profile. */
export const LANE_KINDS = ["auto", "comm", "process", "thread", "cpu", "event"] as const;
export type LaneKind = (typeof LANE_KINDS)[number] | LabelBy;
/** "auto" opens the lanes of a profile with several values. */
export const LANE_FOLDS = ["auto", "open", "folded"] as const;
export type LaneFold = (typeof LANE_FOLDS)[number];
/** By samples of the selection, of the whole profile, or by the difference of the selection from the rest. */
export const LANE_SORTS = ["selection", "whole", "change"] as const;
export type LaneSort = (typeof LANE_SORTS)[number];

/** The meaning of a cell's colour. */
export const HEATS = ["samples", "busy", "share", "dominant"] as const;
export type Heat = (typeof HEATS)[number];

/** How the time axis is labelled: seconds of the profile, or the time of day in UTC or here. */
export const CLOCKS = ["seconds", "utc", "local"] as const;
export type Clock = (typeof CLOCKS)[number];

/** The length of a column of the heatmap, with the server's names. "auto" makes the picture wide. */
export const COLUMN_LENGTHS = ["auto", "20ms", "50ms", "100ms", "250ms", "1s", "10s", "1min"] as const;
export type ColumnLength = (typeof COLUMN_LENGTHS)[number];

/** How columns that share a place are merged. */
export const MERGES = ["sum", "max"] as const;
export type Merge = (typeof MERGES)[number];

/** Properties of samples that a selection may name, with the server's names. */
export const FACETS = ["comm", "pid", "tid", "cpu", "event", "label"] as const;
export type Facet = (typeof FACETS)[number];

/** The facet that each kind of lane, or row of a breakdown, filters by. */
export const FACET_OF = { comm: "comm", process: "pid", thread: "tid", cpu: "cpu", event: "event" } as const satisfies Partial<
  Record<BreakdownBy, Facet>
>;

/** Patterns over stacks: keep samples with a match, leave them out, or hide matching frames. */
export const PATTERN_KINDS = ["include", "exclude", "drop"] as const;
export type PatternKind = (typeof PATTERN_KINDS)[number];

export const WEIGHTS = ["samples", "period"] as const;
export type Weight = (typeof WEIGHTS)[number];

export const FLAVORS = ["standard", "nodejs", "nodejs-packages", "java-packages"] as const;
export type Flavor = (typeof FLAVORS)[number];

/** Which samples count and how their stacks are drawn; the same for every picture. */
export interface Cut extends Readonly<Record<Facet | PatternKind, readonly string[]>> {
  /** Name of a frame filter, "none" for none whatever the server's default, "" for the server's default. */
  readonly filter: string;
  /** Whether idle samples count. */
  readonly idle: boolean;
  readonly weight: Weight;
  readonly flavor: Flavor;
}

/** As `event`: the most frequent sampling event, which requests name where the cut names none; all, summed. */
export const MAIN_EVENT = "main";
export const ALL_EVENTS = "all";

/** Whether values or patterns leave samples out, apart from the choice of an event. */
export function leavesOut(cut: Cut): boolean {
  return [...FACETS, ...PATTERN_KINDS].some((kind) => kind !== "event" && cut[kind].length > 0);
}

export const WHOLE_CUT: Cut = {
  comm: [],
  pid: [],
  tid: [],
  cpu: [],
  event: [],
  label: [],
  include: [],
  exclude: [],
  drop: [],
  filter: "",
  idle: false,
  weight: "samples",
  flavor: "standard",
};

export const COMPARISONS = ["differential", "elided"] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** The measure of a comparison: shares of samples, or amounts in each second of recording; "auto" by the sides. */
export const BASES = ["auto", "share", "second"] as const;

/** The second side of a comparison; the first is the selection. */
export interface Compare {
  readonly kind: Comparison;
  /** The rest of this profile: all that is not in the selection. Then file and range are not used. */
  readonly rest: boolean;
  /** Another profile, "" for this one. */
  readonly file: string;
  /** As `type` of the state. */
  readonly type: string;
  /** undefined: the whole profile. */
  readonly range: TimeRange | undefined;
  /** The part of its heatmap that is shown, where it is another profile; undefined: all of it. */
  readonly window: TimeRange | undefined;
  /** The sides swapped. */
  readonly flip: boolean;
  readonly base: (typeof BASES)[number];
}

/** With all of this profile, until a range of it is chosen. */
export const NEW_COMPARISON: Compare = {
  kind: "differential",
  rest: false,
  file: "",
  type: "",
  range: undefined,
  window: undefined,
  flip: false,
  base: "auto",
};

export const DIFFERENCE_PALETTES = ["redblue", "safe"] as const;
export type DifferencePalette = (typeof DIFFERENCE_PALETTES)[number];

export interface ExplorerState extends Cut {
  readonly file: string;
  /** The type as which the file is read; "" to detect it. */
  readonly type: string;
  /** The name of this view, "" for none. Any change of the view removes it. */
  readonly name: string;
  /** undefined: the whole profile. */
  readonly range: TimeRange | undefined;
  /** AUTO_ROWS: by the rate of the samples. */
  readonly rows: number;
  readonly columnLength: ColumnLength;
  readonly search: string;
  /** Path of the zoomed frame, see model/zoomPath; "" when not zoomed. */
  readonly zoom: string;
  readonly layout: Layout;
  readonly runs: Runs;
  /** All levels in the height of the window, however low their rows. */
  readonly fit: boolean;
  readonly inverted: boolean;
  readonly palette: Palette;
  readonly colour: ColourMode;
  readonly view: View;
  /** The part of the time order that is shown, in seconds of the profile; undefined: all of it. */
  readonly stretch: TimeRange | undefined;
  /** The function whose callers and callees are shown, as model/sandwich names it; "" for none. */
  readonly callers: string;
  /** The part of the heatmap that is shown; undefined: all of it. */
  readonly window: TimeRange | undefined;
  readonly merge: Merge;
  readonly heat: Heat;
  readonly clock: Clock;
  /** Seconds since 1970 at the axis' beginning, where the reader gave them; undefined: as the file tells. */
  readonly began: number | undefined;
  /** Files of marks besides those of the profile. */
  readonly marks: readonly string[];
  readonly lanes: LaneKind;
  readonly lanesFold: LaneFold;
  readonly lanesSort: LaneSort;
  /** The property of the table beside the heatmap. */
  readonly who: Who;
  readonly compare: Compare | undefined;
  readonly differencePalette: DifferencePalette;
}

export const AUTO_ROWS = 0;
export const ROWS_MIN = 10;
export const ROWS_MAX = 100;
