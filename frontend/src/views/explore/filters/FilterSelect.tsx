// The frame filter: off, or one of the server's named ones. On and off are one click apart, because a filter
// changes the picture. The hint behind each name tells which profiles it is for.
import { Button, NativeSelect, Popover } from "@mantine/core";
import { useState, type ReactNode } from "react";
import type { FlameGraphRequest } from "../../../api/flamegraph";
import { formatShare } from "../../../lib/format";
import { useFilterCosts } from "../../../state/flamegraph";
import type { FilterCost, NamedFilter } from "../../../types/wire";
import classes from "./filterSelect.module.css";

const OFF = "none";

interface FilterSelectProps {
  readonly filters: readonly NamedFilter[];
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** The selection, which the cost of filters depends on. */
  readonly request: FlameGraphRequest;
}

export function FilterSelect({ filters, value, onChange, request }: FilterSelectProps) {
  if (filters.length === 0) return null;
  const preset = presetOf(filters);
  const shown = value === "" ? preset : value;
  const named = filters.find((filter) => filter.name === shown);
  const choose = (name: string) => onChange(name === preset ? "" : name);
  return (
    <div className={classes.field}>
      <label title={named?.description}>
        Filter
        <NativeSelect
          value={shown}
          data={[
            { value: OFF, label: "Off" },
            ...filters.map((filter) => ({ value: filter.name, label: labelOf(filter) })),
            ...(named || shown === OFF ? [] : [{ value: shown, label: shown }]),
          ]}
          onChange={({ currentTarget }) => choose(currentTarget.value)}
          data-testid="filter"
        />
      </label>
      <FilterGuide filters={filters} shown={shown} onChoose={choose} request={request} />
    </div>
  );
}

interface FilterGuideProps {
  readonly filters: readonly NamedFilter[];
  readonly shown: string;
  readonly onChoose: (name: string) => void;
  readonly request: FlameGraphRequest;
}

/** A guide to the filters: the profiles that each is for, its effect, and its cost here. */
function FilterGuide({ filters, shown, onChoose, request }: FilterGuideProps) {
  const [opened, setOpened] = useState(false);
  const costs = useFilterCosts(request, opened);
  const choose = (name: string) => {
    onChoose(name);
    setOpened(false);
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" shadow="md" withinPortal trapFocus returnFocus>
      <Popover.Target>
        <Button
          onClick={() => setOpened(!opened)}
          aria-label="Compare filters"
          title="What each filter is for, and what it would cost here"
          data-testid="filter-guide"
        >
          Compare filters
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Compare filters">
        <ul className={classes.guide} aria-busy={costs.isFetching} data-testid="filter-choices">
          <Choice name={OFF} title="Off" isShown={shown === OFF} onChoose={choose}>
            <span>Show all frames as recorded.</span>
          </Choice>
          {filters.map((filter) => (
            <Choice
              key={filter.name}
              name={filter.name}
              title={labelOf(filter)}
              isShown={filter.name === shown}
              onChoose={choose}
            >
              {filter.description !== "" && <span>{filter.description}</span>}
              <span data-testid="filter-choice-cost">
                {costs.error ? costs.error.message : costWords(costOf(costs.data, filter.name))}
              </span>
            </Choice>
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly title: string;
  readonly isShown: boolean;
  readonly onChoose: (name: string) => void;
  readonly children: ReactNode;
}

function Choice({ name, title, isShown, onChoose, children }: ChoiceProps) {
  return (
    <li>
      <button
        type="button"
        onClick={() => onChoose(name)}
        aria-pressed={isShown}
        data-autofocus={isShown || undefined}
        data-testid="filter-choice"
        data-name={name}
      >
        <strong>{title}</strong>
        {children}
      </button>
    </li>
  );
}

interface FilterCostTextProps {
  readonly filters: readonly NamedFilter[];
  readonly value: string;
  readonly cost: FilterCost;
}

/** The cost of the filter in samples: none is lost, but some moved to another frame. */
export function FilterCostText({ filters, value, cost }: FilterCostTextProps) {
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
      {`${title}: ${costWords(cost)}`}
    </span>
  );
}

function costWords(cost: FilterCost | undefined): string {
  if (!cost) return "…";
  const { samplesMoved, samplesEmptied, samples } = cost;
  return `${formatShare(samplesMoved, samples)} of samples moved to a caller, ${formatShare(samplesEmptied, samples)} emptied`;
}

function costOf(filters: readonly NamedFilter[] | undefined, name: string): FilterCost | undefined {
  return filters?.find((filter) => filter.name === name)?.cost;
}

function labelOf({ title, hint }: NamedFilter): string {
  return hint ? `${title} (${hint})` : title;
}

/** The server's default filter. */
function presetOf(filters: readonly NamedFilter[]): string {
  return filters.find((filter) => filter.default)?.name ?? OFF;
}
