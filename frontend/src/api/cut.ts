// A cut as parameters of the server. Defaults of the server are left out, except the event.
import { FACETS, MAIN_EVENT, PATTERN_KINDS, WHOLE_CUT, type Cut } from "../types/explorer";
import type { Query } from "./client";

/** The whole cut: which samples count, and how their stacks are drawn. */
export function cutQuery(cut: Cut): Query {
  return {
    filter: cut.filter === "" ? undefined : cut.filter,
    ...Object.fromEntries([...FACETS, ...PATTERN_KINDS].map((name) => [name, cut[name]])),
    // Always named: the sum of several events measures nothing.
    event: cut.event.length > 0 ? cut.event : MAIN_EVENT,
    idle: cut.idle ? "include" : undefined,
    weight: cut.weight === WHOLE_CUT.weight ? undefined : cut.weight,
    flavor: cut.flavor === WHOLE_CUT.flavor ? undefined : cut.flavor,
  };
}

/** Return the cut alone of a larger state. */
export function cutOf(whole: Cut): Cut {
  const { comm, pid, tid, cpu, event, label, include, exclude, drop, filter, idle, weight, flavor } = whole;
  return { comm, pid, tid, cpu, event, label, include, exclude, drop, filter, idle, weight, flavor };
}

/** Keep the parameters that change the cells of a heatmap. Filters move samples between stacks, never between cells. */
export function samplesOf(cut: Cut): Cut {
  return { ...cut, filter: WHOLE_CUT.filter, drop: WHOLE_CUT.drop, flavor: WHOLE_CUT.flavor };
}
