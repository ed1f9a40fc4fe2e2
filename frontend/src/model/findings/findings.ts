// A finding on the page: its sentence in parts, and the selection that shows its samples.
import { FACETS, PATTERN_KINDS, type Cut, type TimeRange, type View } from "../../types/explorer";
import { seconds } from "../../types/units";
import type { Finding } from "../../types/wire";
import { sameRange } from "../heatmap/selection/selection";

export interface TextPart {
  readonly text: string;
  /** Whether it is a name of the profile. */
  readonly isName: boolean;
}

/** The sentence with its names, which stand in backquotes, apart. A backquote without a partner is text. */
export function findingParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(/`([^`]+)`/g)) {
    parts.push({ text: text.slice(from, match.index), isName: false }, { text: match[1]!, isName: true });
    from = match.index + match[0].length;
  }
  parts.push({ text: text.slice(from), isName: false });
  return parts.filter((part) => part.text !== "");
}

/** A name in the pieces between which a line may end: behind the separators of its parts. */
export function namePieces(name: string): string[] {
  return name.split(/(?<=::|\/)/);
}

export type FindingCut = Pick<Cut, "comm" | "pid" | "tid" | "cpu" | "include" | "exclude">;

/** The samples of a finding: only its own cuts, so that no earlier choice hides them. */
export function findingCut({ selection }: Finding): FindingCut {
  const named = { ...Object.fromEntries([...FACETS, ...PATTERN_KINDS].map((key) => [key, selection[key] ?? []])) } as unknown as Cut;
  const { comm, pid, tid, cpu, include, exclude } = named;
  return { comm, pid, tid, cpu, include, exclude };
}

export function findingRanges({ ranges }: Finding): TimeRange[] {
  return ranges.map(([start, end]) => ({ start: seconds(start), end: seconds(end) }));
}

/** The place of the shown range among those of a finding; -1 where another one is selected. */
export function shownPlace(finding: Finding, range: TimeRange | undefined): number {
  return range === undefined ? -1 : findingRanges(finding).findIndex((one) => sameRange(one, range));
}

/** The finding whose samples and one of whose ranges are selected. */
export function shownFinding(findings: readonly Finding[], state: FindingCut & { readonly range: TimeRange | undefined }): Finding | undefined {
  return findings.find((one) => shownPlace(one, state.range) >= 0 && sameCut(findingCut(one), state));
}

function sameCut(one: FindingCut, other: FindingCut): boolean {
  const keys = Object.keys(one) as (keyof FindingCut)[];
  return keys.every((key) => one[key].length === other[key].length && one[key].every((value) => other[key].includes(value)));
}

const LONG_TASK = "long-task";
const TASKS = new Set([LONG_TASK, "longest-task"]);

/** The view that explains a finding: time order for a long task. Other findings keep the shown view. */
export function findingView({ kind }: Finding): { readonly view?: View; readonly stretch?: undefined } {
  return TASKS.has(kind) ? { view: "time", stretch: undefined } : {};
}

/** How much a finding asks for attention. */
export type Weight = "high" | "middle" | "low";
const HIGH = new Set([LONG_TASK, "unusual", "visit", "saturated", "burst"]);
const LOW = new Set(["lost", "throttled", "frequency", "gap"]);

export function findingWeight(kind: string): Weight {
  return HIGH.has(kind) ? "high" : LOW.has(kind) ? "low" : "middle";
}
