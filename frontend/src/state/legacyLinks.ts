// Links of FlameScope's own front end, which people have in chats and tickets:
//   #/heatmap/perf/NAME    #/flamegraph/perf/NAME    #/flamegraph/perf/NAME/1.2/3.4
// The name is percent-encoded, its slashes too. They lead to the same profile and range here.
import { seconds } from "../types/units";
import type { TimeRange } from "../types/explorer";
import { explorerLink } from "./explorerUrl";

const SCREENS = ["heatmap", "flamegraph"];

/** The place in this front end, or undefined for what is no such link. */
export function legacyTarget(pathname: string): string | undefined {
  const [screen, type, file, start, end] = pathname.split("/").slice(1).map(decoded);
  if (screen === undefined || !SCREENS.includes(screen) || !type || !file) return undefined;
  // What the list calls unknown, the original opened as perf.
  return explorerLink({ file, type: type === "unknown" ? "perf" : type, range: rangeOf(start, end) });
}

function rangeOf(start: string | undefined, end: string | undefined): TimeRange | undefined {
  if (!start || !end) return undefined;
  const [from, to] = [Number(start), Number(end)];
  return from >= 0 && to > from ? { start: seconds(from), end: seconds(to) } : undefined;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
