// The state of the fleet's screen: the shown cut of the collection, and how it is drawn.
import type { TimeRange } from "./explorer";

export const FLEET_ROWS = ["host", "service", "version"] as const;
export type FleetBy = (typeof FLEET_ROWS)[number];

/** The choice of each kind of row. */
export const CHOSEN = { host: "hosts", service: "services", version: "versions" } as const satisfies Record<FleetBy, keyof FleetCut>;

export interface FleetCut {
  /** Seconds since 1970, whole minutes; undefined: all time. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly hosts: readonly string[];
  readonly services: readonly string[];
  readonly versions: readonly string[];
}

export interface FleetState extends FleetCut {
  readonly by: FleetBy;
  /** An exact name: the matrix shows who ran it, and when; "" for none. */
  readonly ran: string;
  readonly search: string;
  /** Against the same hours a week before. */
  readonly compared: boolean;
  /** Seconds of the subsecond heatmap. */
  readonly range: TimeRange | undefined;
}

export type ChangeFleet = (change: Partial<FleetState>) => void;
