// The lanes in their order: every value that has samples in the profile, with its part of the selection.
import type { LaneSort } from "../../types/explorer";
import type { BreakdownAnswer } from "../../types/wire";
import { breakdownRows } from "../breakdown/rows";

export interface LaneRow {
  readonly value: string;
  readonly label: string;
  /** In the selection; undefined where the selection lists fewer values. */
  readonly samples: number | undefined;
  readonly share: number | undefined;
  readonly busy: number | undefined;
  /** In points against the rest of the profile; undefined without a range. */
  readonly change: number | undefined;
  /** In the whole profile. */
  readonly whole: number;
}

/**
 * @param whole of the whole profile
 * @param selection the same without a range; as it is under the pointer
 */
export function laneRows(whole: BreakdownAnswer, selection: BreakdownAnswer, sort: LaneSort): LaneRow[] {
  const found = new Map(breakdownRows(selection).map((row) => [row.value, row]));
  const lanes = breakdownRows(whole)
    .filter(({ samples }) => samples > 0)
    .map(({ value, label, samples }) => {
      const row = found.get(value);
      return { value, label, samples: row?.samples, share: row?.share, busy: row?.busy, change: row?.change, whole: samples };
    });
  // The whole profile's order breaks ties, so that lanes without samples stay where they were.
  if (sort === "whole") return lanes;
  const size = sort === "change" ? ({ change, samples }: LaneRow) => change ?? samples ?? 0 : ({ samples }: LaneRow) => samples ?? 0;
  return lanes.sort((one, other) => size(other) - size(one) || other.whole - one.whole);
}
