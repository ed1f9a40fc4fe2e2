// The state of the fleet's screen as a query string and back. Defaults are left out.
import { formatDecimal } from "../../lib/format";
import { FLEET_ROWS, type FleetBy, type FleetState } from "../../types/fleet";
import { seconds } from "../../types/units";

export const FLEET_PATH = "/fleet";

export function parseFleet(query: URLSearchParams): FleetState {
  const by = query.get("by") as FleetBy;
  const [start, end] = [numberOf(query.get("start")), numberOf(query.get("end"))];
  return {
    by: FLEET_ROWS.includes(by) ? by : "host",
    from: momentOf(query.get("from")),
    to: momentOf(query.get("to")),
    hosts: query.getAll("host"),
    services: query.getAll("service"),
    versions: query.getAll("version"),
    ran: query.get("ran") ?? "",
    search: query.get("search") ?? "",
    compared: query.get("compared") === "week",
    range: start !== undefined && end !== undefined && start < end ? { start: seconds(start), end: seconds(end) } : undefined,
  };
}

export function formatFleet(state: FleetState): URLSearchParams {
  const query = new URLSearchParams();
  const put = (key: string, value: string | undefined) => {
    if (value !== undefined && value !== "") query.append(key, value);
  };
  put("by", state.by === "host" ? "" : state.by);
  put("from", state.from?.toString());
  put("to", state.to?.toString());
  for (const host of state.hosts) put("host", host);
  for (const service of state.services) put("service", service);
  for (const version of state.versions) put("version", version);
  put("ran", state.ran);
  put("search", state.search);
  put("compared", state.compared ? "week" : "");
  put("start", state.range && formatDecimal(state.range.start));
  put("end", state.range && formatDecimal(state.range.end));
  return query;
}

function numberOf(text: string | null): number | undefined {
  const found = text === null || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(found) && found >= 0 ? found : undefined;
}

/**
 * The seconds of a moment, as the address and the fields write it: seconds since 1970, or a time as the server takes
 * it, such as 2026-11-29T10:00:00Z. Without a zone it is in UTC.
 */
export function momentOf(text: string | null): number | undefined {
  const written = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]*)(Z|[+-]\d\d:?\d\d)?$/.exec(text ?? "");
  const found = written ? Date.parse(`${written[1]}${written[2] ?? "Z"}`) / 1000 : Number.NaN;
  return numberOf(text) ?? (found >= 0 ? Math.floor(found) : undefined);
}
