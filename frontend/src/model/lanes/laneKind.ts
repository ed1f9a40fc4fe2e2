// The kind of the lanes: a property with several values in the profile.
import { FACET_OF, LABEL, type LabelBy, type LaneKind } from "../../types/explorer";
import { isLabel, labelName } from "../../types/facets";
import type { FacetCount, ProfileInfo } from "../../types/wire";

export type ShownLaneKind = Exclude<LaneKind, "auto">;

const KINDS = ["comm", "process", "thread", "cpu", "event"] as const satisfies readonly ShownLaneKind[];

/** How many lanes a property has. Samples without a label have another lane than those with it. */
export function laneCount(info: ProfileInfo, kind: ShownLaneKind): number {
  if (!isLabel(kind)) return laneValues(info, kind).length;
  const values = info.labels?.find(({ name }) => name === labelName(kind))?.values ?? [];
  return values.length + Number(values.reduce((sum, { samples }) => sum + samples, 0) < info.samples);
}

function laneValues(info: ProfileInfo, kind: (typeof KINDS)[number]): readonly FacetCount[] {
  const values = { comm: info.commands, pid: info.processes, tid: info.threads, cpu: info.cpus, event: info.events };
  return values[FACET_OF[kind]];
}

/** The labels that samples have, as properties. */
export function labelKinds(info: ProfileInfo): LabelBy[] {
  return (info.labels ?? []).map(({ name }): LabelBy => `${LABEL}${name}`);
}

/** The properties that have several values, labels last. */
export function laneKinds(info: ProfileInfo): ShownLaneKind[] {
  return [...KINDS, ...labelKinds(info)].filter((kind) => laneCount(info, kind) > 1);
}

/** The chosen property, or the first one with several values; undefined for a profile of one thread. */
export function shownLaneKind(chosen: LaneKind, info: ProfileInfo | undefined): ShownLaneKind | undefined {
  if (!info?.timed) return undefined;
  return chosen === "auto" ? laneKinds(info).find((kind) => !isLabel(kind)) : chosen;
}
