// The frame filter: off, or one of the server's named ones, with the cost of each. Filters that would change
// nothing here are left out. A profile with V8's internals is offered the filter for them.
import { Button, Popover } from "@mantine/core";
import { useMemo, useState, type ReactNode } from "react";
import type { FlameGraphRequest } from "../../../api/flamegraph";
import { formatShare } from "../../../lib/format";
import { changesFrames } from "../../../model/flame/filters/usefulFilters";
import { V8_FILTER, v8Filter } from "../../../model/flame/filters/v8Filter";
import { useFilterCosts } from "../../../state/explorer/flamegraph";
import type { ChangeExplorer } from "../../../state/explorer/useExplorer";
import type { FilterCost, FlameGraphAnswer, NamedFilter } from "../../../types/wire";
import classes from "./filterSelect.module.css";

const OFF = "none";
/** Share of the samples from which an offer is worth its place. */
const WORTH_OFFERING = 0.05;

interface FilterSelectProps {
  readonly filters: readonly NamedFilter[];
  readonly value: string;
  readonly change: ChangeExplorer;
  /** The selection, which the cost of filters depends on. */
  readonly request: FlameGraphRequest;
  /** The shown frames; undefined until they are known. */
  readonly frames: FlameGraphAnswer["frames"] | undefined;
}

export function FilterSelect({ filters, value, change, request, frames }: FilterSelectProps) {
  const useful = useMemo(() => filters.filter((filter) => !frames || changesFrames(filter, frames)), [filters, frames]);
  if (filters.length === 0) return null;
  const preset = presetOf(filters);
  const shown = value === "" ? preset : value;
  const choose = (name: string) => change({ filter: name === preset ? "" : name });
  const listed = filters.filter((filter) => filter.name === shown || useful.includes(filter));
  if (shown === OFF && (!frames || listed.length === 0)) return null;
  // Hidden frames are not among the shown ones: the filter in use is its own sign.
  const fitting = shown === OFF && frames ? v8Filter(frames.name) : V8_FILTER;
  const offered = listed.find(({ name }) => name === fitting);
  return (
    <>
      {offered && <Offer name={offered.name} used={offered.name === shown} request={request} onChoose={choose} />}
      <FilterMenu filters={shown === OFF ? listed : filters} shown={shown} onChoose={choose} request={request} />
    </>
  );
}

interface OfferProps {
  readonly name: string;
  /** Whether the frames are hidden. */
  readonly used: boolean;
  readonly request: FlameGraphRequest;
  readonly onChoose: (name: string) => void;
}

/** The share is that of the whole profile: it changes neither with a selection nor with the click. */
function Offer({ name, used, request, onChoose }: OfferProps) {
  const cost = costOf(useFilterCosts({ ...request, range: undefined }, true).data, name);
  if (!cost || cost.samplesMoved < WORTH_OFFERING * cost.samples) return null;
  return (
    <button type="button" className={classes.offer} aria-pressed={used} onClick={() => onChoose(used ? OFF : name)} title="Of the whole profile. Click again to show them" data-testid="hide-v8" data-filter={name}>
      {used && <span aria-hidden>✓ </span>}
      {`Hide V8 internals (${formatShare(cost.samplesMoved, cost.samples)}`}
      <span className={classes.wide}> of samples move to their callers</span>)
    </button>
  );
}

interface FilterMenuProps {
  readonly filters: readonly NamedFilter[];
  readonly shown: string;
  readonly onChoose: (name: string) => void;
  readonly request: FlameGraphRequest;
}

/** Each filter with the profiles that it is for, its effect, and its cost for the selection. */
function FilterMenu({ filters, shown, onChoose, request }: FilterMenuProps) {
  const [opened, setOpened] = useState(false);
  const costs = useFilterCosts(request, opened);
  const choose = (name: string) => {
    onChoose(name);
    setOpened(false);
  };
  const title = filters.find((filter) => filter.name === shown)?.title ?? shown;
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" shadow="md" withinPortal trapFocus returnFocus>
      <Popover.Target>
        <Button
          onClick={() => setOpened(!opened)}
          variant={shown === OFF ? "default" : "light"}
          rightSection={<span aria-hidden>▾</span>}
          title="Leave frames out; their samples move to the callers"
          data-testid="filter"
          data-value={shown}
        >
          {shown === OFF ? "Hide frames" : `Hidden: ${title}`}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Hide frames">
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
              {costs.data?.find(({ name }) => name === filter.name)?.suits === true && (
                <span className={classes.suits} data-testid="filter-choice-suits">
                  Made for profiles such as this one.
                </span>
              )}
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
      title="Of the shown selection"
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
