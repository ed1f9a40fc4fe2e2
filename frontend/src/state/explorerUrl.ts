// The explorer's state as a query string and back. Defaults are left out, so that links stay short;
// anything malformed falls back to its default, so that an old or hand-edited link still opens.
import { formatDecimal } from "../lib/format";
import {
  COLOUR_MODES,
  DEFAULT_ROWS,
  LAYOUTS,
  PALETTES,
  ROWS_MAX,
  ROWS_MIN,
  type ExplorerState,
  type TimeRange,
} from "../types/explorer";
import { seconds } from "../types/units";

export const EXPLORE_PATH = "/explore";

export function parseExplorer(query: URLSearchParams): ExplorerState {
  return {
    file: query.get("file") ?? "",
    type: query.get("type") ?? "perf",
    range: parseRange(query.get("start"), query.get("end")),
    rows: parseRows(query.get("rows")),
    filter: query.get("filter") ?? "",
    search: query.get("q") ?? "",
    zoom: query.get("zoom") ?? "",
    layout: oneOf(LAYOUTS, query.get("layout")),
    palette: oneOf(PALETTES, query.get("palette")),
    colour: oneOf(COLOUR_MODES, query.get("colour")),
  };
}

export function explorerQuery(state: ExplorerState): URLSearchParams {
  const query = new URLSearchParams();
  const put = (key: string, value: string, fallback: string) => {
    if (value !== fallback) query.set(key, value);
  };
  query.set("file", state.file);
  put("type", state.type, "perf");
  if (state.range) {
    query.set("start", formatDecimal(state.range.start));
    query.set("end", formatDecimal(state.range.end));
  }
  put("rows", String(state.rows), String(DEFAULT_ROWS));
  put("filter", state.filter, "");
  put("q", state.search, "");
  put("layout", state.layout, LAYOUTS[0]);
  put("palette", state.palette, PALETTES[0]);
  put("colour", state.colour, COLOUR_MODES[0]);
  put("zoom", state.zoom, "");
  return query;
}

/** "/explore?file=…" for a link inside the page. */
export function explorerLink(state: Partial<ExplorerState> & Pick<ExplorerState, "file">): string {
  const whole = { ...parseExplorer(new URLSearchParams()), ...state };
  return `${EXPLORE_PATH}?${explorerQuery(whole).toString()}`;
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
