import { expect, it } from "vitest";
import { processFacts } from "./processFacts";

it.each([
  [{ user: "devops", cpu: 97.4, runtime: "node", map: "absent" }, "devops · 97 % CPU now · Node, no perf map"],
  [{ user: "root", cpu: null, runtime: null, map: "absent" }, "root"],
  [{ user: "web", cpu: 0, runtime: "python", map: "named" }, "web · 0 % CPU now · Python, perf map with names"],
] as const)("%o", (process, words) => expect(processFacts(process)).toBe(words));
