// Links of FlameScope's own front end, which people have in chats and tickets:
//   #/heatmap/perf/NAME    #/flamegraph/perf/NAME    #/flamegraph/perf/NAME/1.2/3.4
//   #/differential/perf/NAME[/1.2/3.4]/compare/perf/OTHER[/5/6]    #/elided/… alike
//   #/compare/perf/OTHER[/5/6] (choose what to compare it with)    …/heatmap/perf/NAME (choose a range)
// Names are percent-encoded, their slashes too. They lead to the same profiles and ranges here.
import { NEW_COMPARISON, type Compare, type TimeRange } from "../types/explorer";
import { seconds } from "../types/units";
import { explorerLink } from "./explorer/explorerUrl";

interface Side {
  readonly file: string;
  readonly type: string;
  readonly range: TimeRange | undefined;
}

/** Return the place in this front end, or undefined for any other link. */
export function legacyTarget(pathname: string): string | undefined {
  const [screen, ...parts] = pathname.split("/").slice(1).map(decoded);
  switch (screen) {
    case "heatmap":
    case "flamegraph":
      return linkTo(sideOf(parts));
    case "differential":
    case "elided":
      return joined(parts, "compare", (own, other) => linkTo(own, other && comparedWith(own, other, screen)));
    case "compare":
      return joined(parts, "heatmap", (other, own) =>
        own ? linkTo(own, comparedWith(own, other, "differential")) : linkTo(other, NEW_COMPARISON),
      );
    case undefined:
    default:
      return undefined;
  }
}

/** Both sides of a link that joins them with a word; the second may be missing. */
function joined(
  parts: readonly string[],
  word: string,
  link: (first: Side, second: Side | undefined) => string | undefined,
): string | undefined {
  // Not at the place of a type or a name.
  const at = parts.findIndex((part, index) => part === word && index >= 2);
  const first = sideOf(at < 0 ? parts : parts.slice(0, at));
  return first && link(first, at < 0 ? undefined : sideOf(parts.slice(at + 1)));
}

function linkTo(side: Side | undefined, compare?: Compare): string | undefined {
  return side && explorerLink({ ...side, compare });
}

function comparedWith(own: Side, other: Side, kind: Compare["kind"]): Compare {
  const same = own.file === other.file && own.type === other.type;
  return { ...NEW_COMPARISON, ...other, file: same ? "" : other.file, type: same ? "" : other.type, kind };
}

function sideOf([type, file, start, end]: readonly string[]): Side | undefined {
  if (!type || !file) return undefined;
  // The original links every file that it does not know as perf.
  return { file, type: type === "unknown" || type === "perf" ? "" : type, range: rangeOf(start, end) };
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
