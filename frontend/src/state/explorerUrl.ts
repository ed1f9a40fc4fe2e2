// The explorer's state as a query string and back. Defaults are left out, so that links stay short;
// anything malformed falls back to its default, so that an old or hand-edited link still opens.
import { formatDecimal } from "../lib/format";
import { cleanName } from "../lib/names";
import {
  COLOUR_MODES,
  COMPARISONS,
  DEFAULT_ROWS,
  DIFFERENCE_PALETTES,
  FACETS,
  FLAVORS,
  LAYOUTS,
  MERGES,
  PALETTES,
  PATTERN_KINDS,
  ROWS_MAX,
  ROWS_MIN,
  VIEWS,
  WEIGHTS,
  WHOLE_CUT,
  type Compare,
  type Cut,
  type ExplorerState,
  type TimeRange,
} from "../types/explorer";
import { seconds } from "../types/units";

export const EXPLORE_PATH = "/explore";

const LISTS = [...FACETS, ...PATTERN_KINDS] as const;
const DEFAULT_TYPE = "perf";

export function parseExplorer(query: URLSearchParams): ExplorerState {
  return {
    ...parseCut(query),
    file: query.get("file") ?? "",
    type: query.get("type") ?? DEFAULT_TYPE,
    name: cleanName(query.get("name") ?? ""),
    range: parseRange(query.get("start"), query.get("end")),
    rows: parseRows(query.get("rows")),
    search: query.get("q") ?? "",
    zoom: query.get("zoom") ?? "",
    layout: oneOf(LAYOUTS, query.get("layout")),
    inverted: query.get("inverted") === "1",
    palette: oneOf(PALETTES, query.get("palette")),
    colour: oneOf(COLOUR_MODES, query.get("colour")),
    view: oneOf(VIEWS, query.get("view")),
    callers: query.get("callers") ?? "",
    window: parseRange(query.get("from"), query.get("to")),
    merge: oneOf(MERGES, query.get("merge")),
    compare: parseCompare(query),
    differencePalette: oneOf(DIFFERENCE_PALETTES, query.get("difference")),
  };
}

export function explorerQuery(state: ExplorerState): URLSearchParams {
  const query = new URLSearchParams();
  query.set("file", state.file);
  put(query, "type", state.type, DEFAULT_TYPE);
  putRange(query, "start", "end", state.range);
  put(query, "rows", String(state.rows), String(DEFAULT_ROWS));
  putCut(query, state);
  put(query, "q", state.search, "");
  put(query, "view", state.view, VIEWS[0]);
  put(query, "layout", state.layout, LAYOUTS[0]);
  put(query, "inverted", state.inverted ? "1" : "", "");
  put(query, "palette", state.palette, PALETTES[0]);
  put(query, "colour", state.colour, COLOUR_MODES[0]);
  put(query, "callers", state.callers, "");
  putRange(query, "from", "to", state.window);
  put(query, "merge", state.merge, MERGES[0]);
  putCompare(query, state.compare);
  put(query, "difference", state.differencePalette, DIFFERENCE_PALETTES[0]);
  put(query, "zoom", state.zoom, "");
  put(query, "name", state.name, "");
  return query;
}

/** "/explore?file=…" for a link inside the page. */
export function explorerLink(state: Partial<ExplorerState> & Pick<ExplorerState, "file">): string {
  const whole = { ...parseExplorer(new URLSearchParams()), ...state };
  return `${EXPLORE_PATH}?${explorerQuery(whole).toString()}`;
}

function parseCut(query: URLSearchParams): Cut {
  const lists = LISTS.map((name) => [name, [...new Set(query.getAll(name))].filter((value) => value !== "")] as const);
  return {
    ...WHOLE_CUT,
    ...(Object.fromEntries(lists) as Partial<Cut>),
    filter: query.get("filter") ?? "",
    idle: query.get("idle") === "include",
    weight: oneOf(WEIGHTS, query.get("weight")),
    flavor: oneOf(FLAVORS, query.get("flavor")),
  };
}

function putCut(query: URLSearchParams, cut: Cut): void {
  put(query, "filter", cut.filter, "");
  for (const name of LISTS) for (const value of cut[name]) query.append(name, value);
  put(query, "idle", cut.idle ? "include" : "", "");
  put(query, "weight", cut.weight, WEIGHTS[0]);
  put(query, "flavor", cut.flavor, FLAVORS[0]);
}

function parseCompare(query: URLSearchParams): Compare | undefined {
  const kind = COMPARISONS.find((one) => one === query.get("compare"));
  if (!kind) return undefined;
  return {
    kind,
    rest: query.get("rest") === "1",
    file: query.get("compareFile") ?? "",
    type: query.get("compareType") ?? DEFAULT_TYPE,
    range: parseRange(query.get("compareStart"), query.get("compareEnd")),
    window: parseRange(query.get("compareFrom"), query.get("compareTo")),
    flip: query.get("flip") === "1",
  };
}

function putCompare(query: URLSearchParams, compare: Compare | undefined): void {
  if (!compare) return;
  query.set("compare", compare.kind);
  put(query, "rest", compare.rest ? "1" : "", "");
  put(query, "compareFile", compare.file, "");
  put(query, "compareType", compare.type, DEFAULT_TYPE);
  putRange(query, "compareStart", "compareEnd", compare.range);
  putRange(query, "compareFrom", "compareTo", compare.window);
  put(query, "flip", compare.flip ? "1" : "", "");
}

function put(query: URLSearchParams, key: string, value: string, fallback: string): void {
  if (value !== fallback) query.set(key, value);
}

function putRange(query: URLSearchParams, first: string, last: string, range: TimeRange | undefined): void {
  if (!range) return;
  query.set(first, formatDecimal(range.start));
  query.set(last, formatDecimal(range.end));
}

function parseRange(start: string | null, end: string | null): TimeRange | undefined {
  if (start === null || end === null || start.trim() === "" || end.trim() === "") return undefined;
  const [from, to] = [Number(start), Number(end)];
  if (!Number.isFinite(from) || !Number.isFinite(to) || from < 0 || to <= from) return undefined;
  return { start: seconds(from), end: seconds(to) };
}

function parseRows(text: string | null): number {
  const rows = Number(text ?? DEFAULT_ROWS);
  return Number.isInteger(rows) && rows >= ROWS_MIN && rows <= ROWS_MAX ? rows : DEFAULT_ROWS;
}

function oneOf<Value extends string>(values: readonly [Value, ...Value[]], text: string | null): Value {
  return values.find((value) => value === text) ?? values[0];
}
