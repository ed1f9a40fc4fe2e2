// The properties of a breakdown in words.
import type { BreakdownBy, LabelBy } from "../../types/explorer";
import { isLabel, labelName } from "../../types/facets";
import { visible } from "../flame/frames/displayName";

const LONGEST = 40;

const TITLES: Readonly<Record<Exclude<BreakdownBy, LabelBy>, readonly [one: string, many: string]>> = {
  comm: ["Command", "commands"],
  process: ["Process", "processes"],
  thread: ["Thread", "threads"],
  cpu: ["CPU", "CPUs"],
  event: ["Event", "events"],
  function: ["Function", "functions"],
  library: ["Library", "libraries"],
  kind: ["Kind", "kinds"],
  package: ["Package", "packages"],
};

/** The words for one value of a property, and for several. A label has the name that the file gives it. */
export function titlesOf(by: BreakdownBy): readonly [one: string, many: string] {
  if (!isLabel(by)) return TITLES[by];
  const whole = visible(labelName(by));
  const name = whole.length > LONGEST ? `${whole.slice(0, LONGEST)}…` : whole;
  return [name, `values of ${name}`];
}
