// A cut as parameters of the server. What the server does anyway is left out.
import { FACETS, PATTERN_KINDS, WHOLE_CUT, type Cut } from "../types/explorer";
import type { Query } from "./client";

/** All of it: which samples, and what becomes of their stacks. */
export function cutQuery(cut: Cut): Query {
  return {
    filter: cut.filter === "" ? undefined : cut.filter,
    ...Object.fromEntries([...FACETS, ...PATTERN_KINDS].map((name) => [name, cut[name]])),
    idle: cut.idle ? "include" : undefined,
    weight: cut.weight === WHOLE_CUT.weight ? undefined : cut.weight,
    flavor: cut.flavor === WHOLE_CUT.flavor ? undefined : cut.flavor,
  };
}

/** The cut alone of something that has more. */
export function cutOf(whole: Cut): Cut {
  const { comm, pid, tid, cpu, event, include, exclude, drop, filter, idle, weight, flavor } = whole;
  return { comm, pid, tid, cpu, event, include, exclude, drop, filter, idle, weight, flavor };
}

/** Only what moves samples in time: filters move them between stacks, never between cells. */
export function samplesOf(cut: Cut): Cut {
  return { ...cut, filter: WHOLE_CUT.filter, drop: WHOLE_CUT.drop, flavor: WHOLE_CUT.flavor };
}
