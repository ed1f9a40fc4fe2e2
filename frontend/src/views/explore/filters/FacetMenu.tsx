// One property of samples: its values with their counts in the selection, found by typing, chosen by ticking. They are
// counted when the menu opens, without the menu's own choice, so that the alternatives stay visible.
import { Button, Popover, TextInput } from "@mantine/core";
import { useState } from "react";
import { formatCount } from "../../../lib/format";
import { MOST_VALUES } from "../../../api/breakdown";
import { BREAKDOWN_OF, countedLabels, facetValues, valueWords, type FacetValue } from "../../../model/breakdown/facetValues";
import { useBreakdown, useEachBreakdown } from "../../../state/explorer/breakdown";
import { toBreakdownRequest } from "../../../state/requests";
import { LABEL, type ExplorerState, type Facet } from "../../../types/explorer";
import type { FacetCount, LabelCounts } from "../../../types/wire";
import classes from "./filterBar.module.css";

interface FacetMenuProps {
  readonly title: string;
  readonly counts: readonly FacetCount[];
  readonly chosen: readonly string[];
  readonly state: ExplorerState;
  readonly onChange: (values: readonly string[]) => void;
}

/** A longer list is not worth scrolling: the field finds the rest. */
const SHOWN = 200;

export function FacetMenu({ facet, ...props }: FacetMenuProps & { readonly facet: Exclude<Facet, "label"> }) {
  const { state, counts } = props;
  const [opened, setOpened] = useState(false);
  const { data } = useBreakdown(toBreakdownRequest(state, BREAKDOWN_OF[facet], MOST_VALUES, state.range), opened);
  const values = facetValues(facet, counts, data);
  return <ValueMenu {...{ ...props, facet, opened, setOpened, values }} others={data?.others.values ?? 0} />;
}

interface LabelMenuProps extends FacetMenuProps {
  readonly labels: readonly LabelCounts[];
  /** Of the whole profile. */
  readonly samples: number;
}

/** As FacetMenu, for the values of all labels. */
export function LabelMenu({ labels, samples, ...props }: LabelMenuProps) {
  const { state } = props;
  const [opened, setOpened] = useState(false);
  const requests = labels.map(({ name }) => toBreakdownRequest(state, `${LABEL}${name}`, MOST_VALUES, state.range));
  const answers = useEachBreakdown(requests, opened);
  const others = answers.reduce((sum, answer) => sum + (answer?.others.values ?? 0), 0);
  return <ValueMenu {...{ ...props, opened, setOpened, others }} facet="label" values={countedLabels(labels, answers, samples)} />;
}

interface ValueMenuProps extends Omit<FacetMenuProps, "state"> {
  readonly facet: Facet;
  readonly opened: boolean;
  readonly setOpened: (opened: boolean) => void;
  readonly values: readonly FacetValue[];
  /** More values that are not listed. */
  readonly others: number;
}

function ValueMenu({ facet, title, counts, chosen, opened, setOpened, values, others, onChange }: ValueMenuProps) {
  const [text, setText] = useState("");
  const wanted = text.trim().toLowerCase();
  const found = values.filter(({ value, label }) => `${valueWords(facet, value)} ${label}`.toLowerCase().includes(wanted));
  const more = found.length - SHOWN + (wanted === "" ? others : 0);
  // Values of a link that this profile does not have can still be unticked.
  const missing = chosen.filter((value) => !counts.some((count) => String(count.value) === value));
  const toggle = (value: string) =>
    onChange(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" shadow="md" withinPortal trapFocus>
      <Popover.Target>
        <Button
          onClick={() => setOpened(!opened)}
          variant={chosen.length > 0 ? "filled" : "default"}
          rightSection={<span aria-hidden>▾</span>}
          data-testid={`facet-${facet}`}
          data-chosen={chosen.length}
        >
          {chosen.length > 0 ? `${title} · ${chosen.length}` : title}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={classes.menu}>
          <TextInput
            value={text}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
            aria-label={`Find a value of ${title}`}
            placeholder="Find"
            data-autofocus
            data-testid={`facet-${facet}-search`}
          />
          <ul className={classes.options} aria-label={title}>
            {missing.map((value) => (
              <Option key={value} value={value} title={valueWords(facet, value)} label="not in this profile" checked onToggle={toggle} />
            ))}
            {found.slice(0, SHOWN).map(({ value, label, samples }) => (
              <Option
                key={value}
                value={value}
                title={valueWords(facet, value)}
                label={label}
                count={samples}
                checked={chosen.includes(value)}
                onToggle={toggle}
              />
            ))}
          </ul>
          {more > 0 && <p className={classes.more}>{`${formatCount(more)} more: type to find them`}</p>}
          {found.length === 0 && <p className={classes.more}>No match</p>}
          <Button disabled={chosen.length === 0} onClick={() => onChange([])} data-testid={`facet-${facet}-clear`}>
            All
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

interface OptionProps {
  readonly value: string;
  /** Several may be chosen, or one. */
  readonly kind?: "checkbox" | "radio";
  readonly title?: string | undefined;
  readonly label: string;
  readonly count?: number | undefined;
  readonly checked: boolean;
  readonly onToggle: (value: string) => void;
}

export function Option({ value, kind = "checkbox", title, label, count, checked, onToggle }: OptionProps) {
  return (
    <li>
      <label className={classes.option} data-testid="facet-option" data-value={value} data-count={count} data-empty={count === 0}>
        <input type={kind} checked={checked} onChange={() => onToggle(value)} />
        <span className={classes.value}>
          <bdi>{title ?? value}</bdi>
          {label !== "" && <bdi className={classes.label}>{label}</bdi>}
        </span>
        {count !== undefined && <span className={classes.count}>{formatCount(count)}</span>}
      </label>
    </li>
  );
}
