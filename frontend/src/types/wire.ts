// What the server sends, field by field, as it names things. Nothing here is converted:
// model/ turns these answers into the typed arrays that the canvases draw from.

export interface ProfileItem {
  readonly filename: string;
  /** perf, cpuprofile, trace_event, nflxprofile, or unknown. */
  readonly type: string;
  readonly size?: number;
  /** RFC 3339. */
  readonly modified?: string;
  /** Why the file cannot be opened; only where type is unknown. */
  readonly reason?: string;
  /** Why the last reading of it failed, if it did since the server started. */
  readonly error?: string;
  /** Seconds; known once the profile was opened. */
  readonly duration?: number;
  readonly samples?: number;
}

/** GET /heatmap/?format=columns */
export interface HeatmapAnswer {
  /** Millisecond offsets, highest first. */
  readonly rows: readonly number[];
  /** The seconds at which columns begin. */
  readonly columns: readonly number[];
  /** Flat, column by column, each column in the order of rows. */
  readonly values: readonly number[];
  /** Samples of each cell that match the search, in the order of values; only where something was searched. */
  readonly matches?: readonly number[];
  readonly maxvalue: number;
  /** Sum of the cells. */
  readonly samples?: number;
  readonly idle?: number;
  readonly origin?: number;
  readonly duration?: number;
  /** Seconds in a column, where columns were asked for. */
  readonly step?: number;
  /** Whole seconds of the profile. */
  readonly seconds?: number;
  /** The largest cell of the whole profile, in such columns. */
  readonly peak?: number;
}

export type FrameKind = "" | "kernel" | "user" | "jit" | "inlined" | "interpreted" | "c1";

/** What a frame filter cost. */
export interface FilterCost {
  readonly frames: number;
  readonly samplesMoved: number;
  readonly samplesEmptied: number;
  /** All samples of the range, each counted as one. */
  readonly samples: number;
}

/** GET /flamegraph/?format=columns: nodes in pre-order from the root. */
export interface FlameGraphAnswer {
  readonly frames: {
    readonly name: readonly string[];
    readonly library: readonly string[];
    readonly kind: readonly string[];
  };
  readonly nodes: {
    readonly frame: readonly number[];
    readonly depth: readonly number[];
    readonly self: readonly number[];
    readonly total: readonly number[];
    /** Own samples more than on the other side, scaled to this one; only of a differential graph. */
    readonly delta?: readonly number[];
    /** The same of samples at and below each node, with what only the other side has there. */
    readonly totalDelta?: readonly number[];
  };
  readonly samples: number;
  readonly start: number;
  readonly end: number;
  readonly profileSamples?: number;
  readonly filtered?: FilterCost;
  /** What the values count: samples, or what a format or weight=period says. */
  readonly unit?: string;
  /** Of an elided graph: values times this are shares of the first side's total. */
  readonly scale?: number;
}

/** One value of a facet. */
export interface FacetCount {
  readonly value: string | number;
  readonly samples: number;
  /** Those that are not idle. */
  readonly busy: number;
  /** The command, of processes and threads. */
  readonly label?: string;
}

export interface ParseReport {
  readonly lines?: number;
  readonly samples?: number;
  readonly skipped?: number;
  readonly withoutStack?: number;
  readonly outOfOrder?: number;
  readonly lostEvents?: number;
  readonly repaired?: number;
  /** Lines that have no place in a profile, by kind: nothing is lost with them. */
  readonly other?: Readonly<Record<string, number>>;
  readonly notes?: readonly { readonly reason: string; readonly line?: number | null; readonly text?: string }[];
  readonly messages?: readonly string[];
}

/** GET /profile/info */
export interface ProfileInfo {
  readonly format: string;
  readonly unit?: string;
  readonly timed?: boolean;
  readonly samples: number;
  readonly idle: number;
  readonly duration?: number;
  /** In Hz; estimated, unless the period of a clock says it. */
  readonly frequency?: number | null;
  /** Other types that the file can be read as, and the one of all that shows more. */
  readonly also?: readonly string[];
  readonly preferred?: string;
  /** The unit of weight=period, where it has one. */
  readonly periodUnit?: string;
  /** Whether weight=period is possible. */
  readonly periods?: boolean;
  readonly header?: Readonly<Record<string, string>>;
  readonly commands: readonly FacetCount[];
  readonly processes: readonly FacetCount[];
  readonly threads: readonly FacetCount[];
  readonly cpus: readonly FacetCount[];
  readonly events: readonly FacetCount[];
  /** The most frequent sampling event; several where kinds of cores have one each. */
  readonly mainEvents?: readonly string[];
  readonly report?: ParseReport;
}

export interface NamedFilter {
  readonly name: string;
  readonly title: string;
  /** Which profiles it is for, in a few words. */
  readonly hint: string;
  readonly description: string;
  readonly drop: readonly string[];
  readonly rewrite: readonly { readonly pattern: string; readonly replacement: string }[];
  /** The server applies it when a request names no filter. */
  readonly default?: boolean;
  /** What it would do to the profile that was asked about. */
  readonly cost?: FilterCost;
}

export interface ProgressAnswer {
  readonly state: "new" | "parsing" | "ready" | "failed";
  /** Bytes. */
  readonly done: number;
  readonly size: number;
}
