// The properties that a table of the rail can be made of: those that tell samples of this profile apart.
import { BREAKDOWNS, type BreakdownBy } from "../../types/explorer";
import type { FlameGraphAnswer, ProfileInfo } from "../../types/wire";
import { labelKinds, laneKinds } from "../lanes/laneKind";

/** Beside one another; more of them are in a menu. */
const FIRST: readonly BreakdownBy[] = ["comm", "thread", "cpu", "function"];
const MOST_TABS = 4;
/** Names with packages, crates and namespaces have one of these, but for the pieces that compilers make. */
const IN_PACKAGE = /::|\/|\.(?!(?:part|cold|constprop|isra|lto_priv|llvm|\d+)\b)/;
/** Files of Python and JavaScript, as libraries of frames. */
const IN_FILE = /\.py(?::\d+)?$|^<frozen|node_modules|^node:|\.[cm]?[jt]sx?(?::\d+){0,2}$/;

type Frames = FlameGraphAnswer["frames"];

/**
 * A property with one value, other than a label, would be a row of 100 %.
 *
 * @param frames undefined until they are known: their kinds are offered from then on
 */
export function whoKinds(info: ProfileInfo, frames: Frames | undefined): BreakdownBy[] {
  const facets: readonly BreakdownBy[] = laneKinds(info);
  const has: Readonly<Partial<Record<BreakdownBy, boolean>>> = {
    function: true,
    library: !frames || new Set(frames.library).size > 1,
    kind: !frames || new Set(frames.kind).size > 1,
    package: !frames || frames.name.some((name) => IN_PACKAGE.test(name)) || frames.library.some((name) => IN_FILE.test(name)),
  };
  // The one value of a label is shown nowhere else.
  return [...BREAKDOWNS.filter((by) => has[by] ?? facets.includes(by)), ...labelKinds(info)];
}

export interface WhoTabs {
  readonly tabs: readonly BreakdownBy[];
  readonly more: readonly BreakdownBy[];
}

/** @param shown has a tab, whatever the profile has */
export function whoTabs(kinds: readonly BreakdownBy[], shown: BreakdownBy): WhoTabs {
  const first = FIRST.filter((by) => by === shown || kinds.includes(by));
  const tabs = first.includes(shown) ? first : [...first.slice(0, MOST_TABS - 1), shown];
  return { tabs, more: kinds.filter((by) => !tabs.includes(by)) };
}
