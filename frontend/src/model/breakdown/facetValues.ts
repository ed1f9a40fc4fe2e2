// The values of a menu of the filter bar, counted in the selection that is shown.
import type { Facet } from "../../types/explorer";
import type { BreakdownAnswer, FacetCount, LabelCounts } from "../../types/wire";
import { breakdownRows, labelParts } from "./rows";

/** The breakdown that counts the values of each menu. Labels of one sample are several values, which none counts together. */
export const BREAKDOWN_OF = { comm: "comm", pid: "process", tid: "thread", cpu: "cpu", event: "event" } as const satisfies Record<
  Exclude<Facet, "label">,
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
  if (!answer || facet === "label") {
    return known.map(({ value, label = "" }) => ({ value: String(value), label, samples: undefined }));
  }
  const by = BREAKDOWN_OF[facet];
  const counted = breakdownRows(answer).map((row) => {
    const { name, number, role } = labelParts(row, by);
    const label = number === "" ? "" : role === "" ? name : `${name} · ${role}`;
    return { value: row.value, label, samples: row.samples };
  });
  if (facet !== "cpu") return counted;
  return counted.sort((one, other) => Number(other.samples > 0) - Number(one.samples > 0) || Number(one.value) - Number(other.value));
}

/** The values of all labels, as a selection names them: endpoint=/cart. */
export function labelValues(labels: readonly LabelCounts[]): readonly FacetCount[] {
  return labels.flatMap(({ name, values }) => values.map((count) => ({ ...count, value: `${name}=${count.value}` })));
}
