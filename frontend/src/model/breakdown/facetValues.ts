// The values of a menu of the filter bar, counted in the selection that is shown.
import { LABEL, type Facet } from "../../types/explorer";
import type { BreakdownAnswer, FacetCount, LabelCounts } from "../../types/wire";
import { breakdownRows, labelParts } from "./rows";

/** The breakdown that counts the values of each menu. Labels have one for each name. */
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
export function facetValues(facet: Exclude<Facet, "label">, known: readonly FacetCount[], answer: BreakdownAnswer | undefined): FacetValue[] {
  if (!answer) return uncounted(known);
  const by = BREAKDOWN_OF[facet];
  const counted = breakdownRows(answer).map((row) => {
    const { name, number, role } = labelParts(row, by);
    const label = number === "" ? "" : role === "" ? name : `${name} · ${role}`;
    return { value: row.value, label, samples: row.samples };
  });
  if (facet !== "cpu") return counted;
  return counted.sort((one, other) => Number(other.samples > 0) - Number(one.samples > 0) || Number(one.value) - Number(other.value));
}

function uncounted(known: readonly FacetCount[]): FacetValue[] {
  return known.map(({ value, label = "" }) => ({ value: String(value), label, samples: undefined }));
}

/**
 * The values of all labels, by the names of labels, the busiest of each first.
 *
 * @param answers for each label its breakdown, undefined until it is counted
 * @param samples of the whole profile
 */
export function countedLabels(
  labels: readonly LabelCounts[],
  answers: readonly (BreakdownAnswer | undefined)[],
  samples: number,
): FacetValue[] {
  return labels.flatMap((one, place) => {
    const answer = answers[place];
    if (answer?.by !== `${LABEL}${one.name}`) return uncounted(labelValues([one], samples));
    return breakdownRows(answer).map((row) => ({ value: `${one.name}=${row.value}`, label: "", samples: row.samples }));
  });
}

/**
 * The values of all labels, as a selection names them: endpoint=/cart, and endpoint= where samples lack the label.
 *
 * @param samples of the whole profile
 */
export function labelValues(labels: readonly LabelCounts[], samples: number): readonly FacetCount[] {
  return labels.flatMap(({ name, values }) => {
    const named = values.filter(({ value }) => value !== "");
    const without = samples - named.reduce((sum, count) => sum + count.samples, 0);
    const all = without > 0 ? [...named, { value: "", samples: without, busy: 0 }] : named;
    return all.map((count) => ({ ...count, value: `${name}=${count.value}` }));
  });
}

/** A value of a selection for people: the empty ones have no name of their own. */
export function valueWords(facet: Facet, value: string): string {
  if (facet === "comm" && value === "") return "(no command)";
  const isEmptyLabel = facet === "label" && value.indexOf("=") === value.length - 1;
  return isEmptyLabel ? `(no ${value.slice(0, -1)})` : value;
}
