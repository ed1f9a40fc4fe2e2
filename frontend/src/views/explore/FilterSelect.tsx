// The frame filter: off, or one of the server's named ones. One click apart, because filtering skews
// the picture and both should be looked at.
import { NativeSelect } from "@mantine/core";
import type { FilterCost, NamedFilter } from "../../types/wire";
import { formatShare } from "../../lib/format";
import classes from "./explore.module.css";

const OFF = "none";

interface FilterSelectProps {
  readonly filters: readonly NamedFilter[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function FilterSelect({ filters, value, onChange }: FilterSelectProps) {
  if (filters.length === 0) return null;
  const preset = presetOf(filters);
  const shown = value === "" ? preset : value;
  const named = filters.find((filter) => filter.name === shown);
  return (
    <label className={classes.field} title={named?.description}>
      Filter
      <NativeSelect
        value={shown}
        data={[
          { value: OFF, label: "Off" },
          ...filters.map(({ name, title }) => ({ value: name, label: title })),
          ...(named || shown === OFF ? [] : [{ value: shown, label: shown }]),
        ]}
        onChange={({ currentTarget }) => onChange(currentTarget.value === preset ? "" : currentTarget.value)}
        data-testid="filter"
      />
    </label>
  );
}

interface FilterCostTextProps {
  readonly filters: readonly NamedFilter[];
  readonly value: string;
  readonly cost: FilterCost;
  readonly samples: number;
}

/** What the filter did to the samples: nothing is lost, but some now stand elsewhere. */
export function FilterCostText({ filters, value, cost, samples }: FilterCostTextProps) {
  const name = value === "" ? presetOf(filters) : value;
  const title = filters.find((filter) => filter.name === name)?.title ?? "Filter";
  return (
    <span
      className={classes.dim}
      data-testid="filter-cost"
      data-moved={cost.samplesMoved}
      data-emptied={cost.samplesEmptied}
      data-frames={cost.frames}
    >
      {`${title}: ${formatShare(cost.samplesMoved, samples)} of samples moved to a caller, `}
      {`${formatShare(cost.samplesEmptied, samples)} emptied`}
    </span>
  );
}

/** What the server does when a request names no filter. */
function presetOf(filters: readonly NamedFilter[]): string {
  return filters.find((filter) => filter.default)?.name ?? OFF;
}
