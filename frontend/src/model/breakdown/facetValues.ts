// The values of a menu of the filter bar, counted in the selection that is shown.
import type { Facet } from "../../types/explorer";
import type { BreakdownAnswer, FacetCount } from "../../types/wire";
import { breakdownRows, labelParts } from "./rows";

/** The breakdown that counts the values of each menu. */
export const BREAKDOWN_OF = { comm: "comm", pid: "process", tid: "thread", cpu: "cpu", event: "event" } as const satisfies Record<
  Facet,
  string
>;

export interface FacetValue {
  readonly value: string;
  /** More about it, such as the command of a thread; "" for none. */
  readonly label: string;
  /** In the selection; undefined until they are counted. */
  readonly samples: number | undefined;
}

/**
 * The busiest first, CPUs by their number, those without samples last.
 *
 * @param known the values of the whole profile, which are there before the counts
 */
export function facetValues(facet: Facet, known: readonly FacetCount[], answer: BreakdownAnswer | undefined): FacetValue[] {
  const by = BREAKDOWN_OF[facet];
  if (!answer) {
    return known.map(({ value, label = "" }) => ({ value: String(value), label, samples: undefined }));
  }
  const counted = breakdownRows(answer).map((row) => {
    const { name, number, role } = labelParts(row, by);
    const label = number === "" ? "" : role === "" ? name : `${name} · ${role}`;
    return { value: row.value, label, samples: row.samples };
  });
  if (facet !== "cpu") return counted;
  return counted.sort((one, other) => Number(other.samples > 0) - Number(one.samples > 0) || Number(one.value) - Number(other.value));
}
