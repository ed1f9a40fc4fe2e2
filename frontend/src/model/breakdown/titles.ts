// The properties of a breakdown in words.
import type { BreakdownBy } from "../../types/explorer";

export const TITLES: Readonly<Record<BreakdownBy, readonly [one: string, many: string]>> = {
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
