// The facts that distinguish processes that match one pattern: owner, processor time, and whether functions will have names.
import type { FoundProcess } from "../../types/imports";

const RUNTIMES = { node: "Node", java: "Java", dotnet: ".NET", python: "Python", ruby: "Ruby", php: "PHP" } as const;
const MAPS: Readonly<Record<FoundProcess["map"], string>> = {
  named: "perf map with names",
  absent: "no perf map",
  empty: "empty perf map",
  nameless: "perf map without JavaScript names",
  foreign: "perf map of another user",
  unreadable: "perf map not readable",
  hidden: "perf map not visible",
};

/** "devops · 97 % CPU now · Node, no perf map". A program that compiles nothing at run time needs no map. */
export function processFacts({ user, cpu, runtime, map }: Pick<FoundProcess, "user" | "cpu" | "runtime" | "map">): string {
  const parts = [user];
  if (cpu !== null) parts.push(`${Math.round(cpu)} % CPU now`);
  if (runtime !== null) parts.push(`${RUNTIMES[runtime]}, ${MAPS[map]}`);
  return parts.join(" · ");
}
