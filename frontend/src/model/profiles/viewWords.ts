// A view in a few words that distinguish it from other views of the same profile.
import { formatSpan } from "../../lib/format";
import { FACETS, PATTERN_KINDS, type Compare, type ExplorerState, type TimeRange } from "../../types/explorer";
import { valueWords } from "../breakdown/facetValues";
import { patternWords } from "../patterns";

const MOST_VALUES = 2;
const PATTERN_WORDS = { include: "with", exclude: "without", drop: "hiding" } as const;

/**
 * "selected 12.34–13.80 s · search hash · filter node"; "whole profile" without anything special.
 * @param whole seconds of the profile, 0 where unknown; times of a long profile are written as on its axis
 */
export function viewWords(state: ExplorerState, whole = 0): string {
  const { range, window, search, filter, compare, callers } = state;
  const parts = [
    range && `selected ${spanWords(range, whole)}`,
    compare && comparisonWords(compare, whole),
    search !== "" && `search ${search}`,
    callers !== "" && `callers of ${callers}`,
    filter !== "" && (filter === "none" ? "filter off" : `filter ${filter}`),
    ...FACETS.map((facet) => someOf(facet, state[facet].map((value) => valueWords(facet, value)))),
    ...PATTERN_KINDS.map((kind) => someOf(PATTERN_WORDS[kind], state[kind].map(patternWords))),
    state.idle && "with idle",
    state.weight !== "samples" && `by ${state.weight}`,
    state.flavor !== "standard" && state.flavor,
    state.inverted && "inverted",
    state.zoom !== "" && "zoomed",
    state.view !== "graph" && (state.view === "table" ? "table" : "graph and table"),
    window && `showing ${spanWords(window, whole)}`,
  ];
  const said = parts.filter((part) => typeof part === "string");
  return said.length > 0 ? said.join(" · ") : "whole profile";
}

function comparisonWords({ kind, rest, file, range }: Compare, whole: number): string {
  // Only its own screen knows how long another profile is.
  const time = range ? spanWords(range, file === "" ? whole : 0) : "";
  const side = rest ? "the rest" : [file, time].filter(Boolean).join(" ");
  return `${kind === "elided" ? "new in" : "compared with"} ${side === "" ? "all of it" : side}`;
}

function someOf(word: string, values: readonly string[]): string | undefined {
  if (values.length === 0) return undefined;
  const more = values.length - MOST_VALUES;
  return `${word} ${values.slice(0, MOST_VALUES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function spanWords(range: TimeRange, whole: number): string {
  return formatSpan(range, Math.max(whole, range.end));
}
