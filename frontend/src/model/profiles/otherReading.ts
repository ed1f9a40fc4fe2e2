// The same view of a file that is read as another type, such as the CPU profile that a trace carries.
import type { ExplorerState, TimeRange } from "../../types/explorer";
import { seconds } from "../../types/units";
import type { FacetCount, ProfileInfo } from "../../types/wire";

type Facts = Pick<ProfileInfo, "origin" | "seconds" | "timed" | "commands" | "processes" | "threads">;

/**
 * Keep the tab, the search, and the times and threads that both readings have. Frames and events have other names there.
 *
 * @param now facts of this reading
 * @param next facts of the other one, undefined where they are not known
 */
export function otherReading(state: ExplorerState, type: string, now: Facts, next: Facts | undefined): Partial<ExplorerState> & { readonly file: string } {
  const { file, view, search, columnLength, lanes, who, clock } = state;
  const kept = { file, type, view, search, columnLength, lanes, who, clock };
  if (!next?.timed) return kept;
  const later = (now.origin ?? 0) - (next.origin ?? 0);
  const there = (range: TimeRange | undefined) => moved(range, later, next.seconds);
  return {
    ...kept,
    ...{ range: there(state.range), window: there(state.window), stretch: there(state.stretch) },
    ...{ comm: known(state.comm, next.commands), pid: known(state.pid, next.processes), tid: known(state.tid, next.threads) },
  };
}

/** Undefined where none of it is inside of the other reading. */
function moved(range: TimeRange | undefined, by: number, length: number): TimeRange | undefined {
  if (!range) return undefined;
  const [start, end] = [Math.max(range.start + by, 0), Math.min(range.end + by, length)];
  return start < end ? { start: seconds(round(start)), end: seconds(round(end)) } : undefined;
}

/** To a billionth of a second: what adding whole seconds may lose. */
function round(value: number): number {
  return Math.round(value * 1e9) / 1e9;
}

function known(values: readonly string[], counts: readonly FacetCount[]): readonly string[] {
  const there = new Set(counts.map(({ value }) => String(value)));
  return values.filter((value) => there.has(value));
}
