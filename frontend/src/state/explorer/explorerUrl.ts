// The explorer's state as a query string and back: one table of codecs, one row for each part of the state.
// Defaults are left out, so that links stay short. A malformed value falls back to its default, so that an
// old or hand-edited link still opens.
import { formatDecimal } from "../../lib/format";
import { cleanName } from "../../lib/names";
import {
  AUTO_ROWS,
  BASES,
  CLOCKS,
  COLOUR_MODES,
  COLUMN_LENGTHS,
  COMPARISONS,
  DIFFERENCE_PALETTES,
  FLAVORS,
  HEATS,
  LANE_FOLDS,
  LANE_KINDS,
  LANE_SORTS,
  LAYOUTS,
  MERGES,
  PALETTES,
  ROWS_MAX,
  ROWS_MIN,
  RUNS,
  VIEWS,
  WEIGHTS,
  WHO,
  type Compare,
  type ExplorerState,
  type LabelBy,
  type TimeRange,
} from "../../types/explorer";
import { isLabel } from "../../types/facets";
import { seconds } from "../../types/units";

export const EXPLORE_PATH = "/explore";

/** Reads a value from a query string and writes it there, under one key or two. */
interface Codec<Value> {
  readonly read: (query: URLSearchParams) => Value;
  readonly write: (query: URLSearchParams, value: Value) => void;
}
type Codecs<State> = { readonly [Field in keyof State]-?: Codec<State[Field]> };

/** In the order in which the address names them. */
const COMPARE: Codecs<Omit<Compare, "kind">> = {
  rest: flag("rest", "1"),
  file: text("compareFile"),
  type: text("compareType"),
  range: range("compareStart", "compareEnd"),
  window: range("compareFrom", "compareTo"),
  flip: flag("flip", "1"),
  base: choice("base", BASES),
};

const EXPLORER: Codecs<ExplorerState> = {
  file: {
    read: (query) => query.get("file") ?? "",
    write: (query, file) => query.set("file", file),
  },
  type: text("type"),
  range: range("start", "end"),
  rows: rows("rows"),
  columnLength: choice("columnLength", COLUMN_LENGTHS),
  filter: text("filter"),
  comm: list("comm", "with empty"),
  pid: list("pid"),
  tid: list("tid"),
  cpu: list("cpu"),
  event: list("event"),
  label: list("label"),
  include: list("include"),
  exclude: list("exclude"),
  drop: list("drop"),
  idle: flag("idle", "include"),
  weight: choice("weight", WEIGHTS),
  flavor: choice("flavor", FLAVORS),
  search: text("q"),
  view: choice("view", VIEWS),
  stretch: range("stretchFrom", "stretchTo"),
  layout: choice("layout", LAYOUTS),
  runs: choice("runs", RUNS),
  fit: flag("fit", "1"),
  inverted: flag("inverted", "1"),
  palette: choice("palette", PALETTES),
  colour: choice("colour", COLOUR_MODES),
  callers: text("callers"),
  window: range("from", "to"),
  merge: choice("merge", MERGES),
  heat: choice("heat", HEATS),
  clock: choice("clock", CLOCKS),
  began: number("began"),
  marks: list("marks"),
  lanes: property("lanes", LANE_KINDS),
  lanesFold: choice("fold", LANE_FOLDS),
  lanesSort: choice("sort", LANE_SORTS),
  who: property("who", WHO),
  compare: {
    read: (query) => {
      const kind = COMPARISONS.find((one) => one === query.get("compare"));
      return kind && { kind, ...decode(COMPARE, query) };
    },
    write: (query, compare) => {
      if (!compare) return;
      query.set("compare", compare.kind);
      encode(COMPARE, query, compare);
    },
  },
  differencePalette: choice("difference", DIFFERENCE_PALETTES),
  zoom: text("zoom"),
  name: {
    read: (query) => cleanName(query.get("name") ?? ""),
    write: text("name").write,
  },
};

export function parseExplorer(query: URLSearchParams): ExplorerState {
  return decode(EXPLORER, query);
}

export function explorerQuery(state: ExplorerState): URLSearchParams {
  const query = new URLSearchParams();
  encode(EXPLORER, query, state);
  return query;
}

/**
 * The type to name in a link to a file of the list, recognised by the server: perf text needs none, and a trace opens as the
 * half that shows most of it where none is named.
 */
export function typeInLink(type: string): string {
  return type === "perf" || type === "trace_event" ? "" : type;
}

/** "/explore?file=…" for a link inside the page. */
export function explorerLink(state: Partial<ExplorerState> & Pick<ExplorerState, "file">): string {
  const whole = { ...parseExplorer(new URLSearchParams()), ...state };
  return `${EXPLORE_PATH}?${explorerQuery(whole).toString()}`;
}

function decode<State>(codecs: Codecs<State>, query: URLSearchParams): State {
  const fields = Object.entries(codecs) as [string, Codec<unknown>][];
  return Object.fromEntries(fields.map(([field, codec]) => [field, codec.read(query)])) as State;
}

function encode<State>(codecs: Codecs<State>, query: URLSearchParams, state: State): void {
  for (const field of Object.keys(codecs) as (keyof State)[]) codecs[field].write(query, state[field]);
}

function text(key: string, fallback = ""): Codec<string> {
  return {
    read: (query) => query.get(key) ?? fallback,
    write: (query, value) => put(query, key, value, fallback),
  };
}

function flag(key: string, on: string): Codec<boolean> {
  return {
    read: (query) => query.get(key) === on,
    write: (query, value) => put(query, key, value ? on : "", ""),
  };
}

/** One of several words; the first is the default. */
function choice<Value extends string>(key: string, values: readonly [Value, ...Value[]]): Codec<Value> {
  return {
    read: (query) => values.find((value) => value === query.get(key)) ?? values[0],
    write: (query, value) => put(query, key, value, values[0]),
  };
}

/** As choice, or a label and its name. */
function property<Value extends string>(key: string, values: readonly [Value, ...Value[]]): Codec<Value | LabelBy> {
  const { read, write } = choice<Value | LabelBy>(key, values);
  return {
    read: (query) => {
      const text = query.get(key) ?? "";
      return isLabel(text) ? text : read(query);
    },
    write,
  };
}

/** A parameter that repeats. Duplicates are dropped, and empty values where they mean nothing. */
function list(key: string, empty?: "with empty"): Codec<readonly string[]> {
  return {
    read: (query) => [...new Set(query.getAll(key))].filter((value) => value !== "" || empty),
    write: (query, values) => values.forEach((value) => query.append(key, value)),
  };
}

/** A finite number, undefined where there is none. */
function number(key: string): Codec<number | undefined> {
  return {
    read: (query) => {
      const text = query.get(key) ?? "";
      const value = text.trim() === "" ? NaN : Number(text);
      return Number.isFinite(value) ? value : undefined;
    },
    write: (query, value) => put(query, key, value === undefined ? "" : formatDecimal(value), ""),
  };
}

function rows(key: string): Codec<number> {
  return {
    read: (query) => {
      const value = Number(query.get(key) ?? AUTO_ROWS);
      return Number.isInteger(value) && value >= ROWS_MIN && value <= ROWS_MAX ? value : AUTO_ROWS;
    },
    write: (query, value) => put(query, key, String(value), String(AUTO_ROWS)),
  };
}

function range(startKey: string, endKey: string): Codec<TimeRange | undefined> {
  return {
    read: (query) => parseRange(query.get(startKey), query.get(endKey)),
    write: (query, value) => {
      if (!value) return;
      query.set(startKey, formatDecimal(value.start));
      query.set(endKey, formatDecimal(value.end));
    },
  };
}

function parseRange(start: string | null, end: string | null): TimeRange | undefined {
  if (start === null || end === null || start.trim() === "" || end.trim() === "") return undefined;
  const [from, to] = [Number(start), Number(end)];
  if (!Number.isFinite(from) || !Number.isFinite(to) || from < 0 || to <= from) return undefined;
  return { start: seconds(from), end: seconds(to) };
}

function put(query: URLSearchParams, key: string, value: string, fallback: string): void {
  if (value !== fallback) query.set(key, value);
}
