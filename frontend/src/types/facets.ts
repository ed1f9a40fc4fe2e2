// Properties of samples that a selection may name, and the values of each that it keeps. A label is one property for
// each of its names: rows and lanes by label:endpoint have the value /cart, and the selection names endpoint=/cart.
import { FACET_OF, LABEL, type BreakdownBy, type Cut, type Facet, type LabelBy } from "./explorer";

/** Rows and lanes of these filter by a click. */
export type FacetBy = keyof typeof FACET_OF | LabelBy;
type Chosen = Readonly<Pick<Cut, Facet>>;

export function isLabel(by: string): by is LabelBy {
  return by.startsWith(LABEL) && by.length > LABEL.length;
}

export function labelName(by: LabelBy): string {
  return by.slice(LABEL.length);
}

export function isFacet(by: BreakdownBy): by is FacetBy {
  return by in FACET_OF || isLabel(by);
}

/** The values of a property that a selection keeps; none: all. */
export function chosenOf(cut: Chosen, by: FacetBy): readonly string[] {
  if (!isLabel(by)) return cut[FACET_OF[by]];
  const start = `${labelName(by)}=`;
  return cut.label.filter((text) => text.startsWith(start)).map((text) => text.slice(start.length));
}

/** The change of a selection to these values of a property. Those of other labels stay. */
export function withChosen(cut: Chosen, by: FacetBy, values: readonly string[]): Partial<Chosen> {
  if (!isLabel(by)) return { [FACET_OF[by]]: values };
  const start = `${labelName(by)}=`;
  return { label: [...cut.label.filter((text) => !text.startsWith(start)), ...values.map((value) => start + value)] };
}

/** The change of a selection by one more value of a property, or one less. */
export function toggled(cut: Chosen, by: FacetBy, value: string): Partial<Chosen> {
  const chosen = chosenOf(cut, by);
  return withChosen(cut, by, chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
}
