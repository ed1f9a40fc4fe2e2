// What lanes are made of: a property that has several values in the profile.
import { FACET_OF, type LaneKind } from "../../types/explorer";
import type { FacetCount, ProfileInfo } from "../../types/wire";

export type ShownLaneKind = Exclude<LaneKind, "auto">;

const KINDS = ["comm", "process", "thread", "cpu", "event"] as const satisfies readonly ShownLaneKind[];

/** The values of a property in the whole profile. */
export function laneValues(info: ProfileInfo, kind: ShownLaneKind): readonly FacetCount[] {
  const values = { comm: info.commands, pid: info.processes, tid: info.threads, cpu: info.cpus, event: info.events };
  return values[FACET_OF[kind]];
}

/** The properties that have several values. */
export function laneKinds(info: ProfileInfo): ShownLaneKind[] {
  return KINDS.filter((kind) => laneValues(info, kind).length > 1);
}

/** The chosen property, or the first one with several values; undefined for a profile of one thread. */
export function shownLaneKind(chosen: LaneKind, info: ProfileInfo | undefined): ShownLaneKind | undefined {
  if (!info?.timed) return undefined;
  return chosen === "auto" ? laneKinds(info)[0] : chosen;
}
