// The event whose samples are shown: one of the file's events, or all of them summed. Always in sight where a
// file has several, because their sum measures nothing.
import { Button, Popover } from "@mantine/core";
import { useState } from "react";
import { shownEvents } from "../../../model/events";
import { MOST_VALUES } from "../../../api/breakdown";
import { facetValues } from "../../../model/breakdown/facetValues";
import { useBreakdown } from "../../../state/explorer/breakdown";
import { toBreakdownRequest } from "../../../state/requests";
import { ALL_EVENTS, MAIN_EVENT, type ExplorerState } from "../../../types/explorer";
import type { FacetCount } from "../../../types/wire";
import { Option } from "./FacetMenu";
import classes from "./filterBar.module.css";

interface EventMenuProps {
  readonly counts: readonly FacetCount[];
  /** The most frequent sampling event; several where kinds of cores have one each. */
  readonly main: readonly string[];
  /** As the address names them; empty for the main event. */
  readonly chosen: readonly string[];
  readonly state: ExplorerState;
  readonly onChange: (events: readonly string[]) => void;
}

export function EventMenu({ counts, main, chosen, state, onChange }: EventMenuProps) {
  const [opened, setOpened] = useState(false);
  const { names: shown, isMain, isAll } = shownEvents(counts, main, chosen);
  const { data } = useBreakdown(toBreakdownRequest(state, "event", MOST_VALUES, state.range), opened);
  const samples = new Map(data && facetValues("event", counts, data).map((event) => [event.value, event.samples]));
  // As the file lists them where nothing is counted yet.
  const listed = [...counts].sort((one, other) => (samples.get(String(other.value)) ?? 0) - (samples.get(String(one.value)) ?? 0));
  const choose = (events: readonly string[]) => {
    onChange(events);
    setOpened(false);
  };
  const several = main.length > 1;
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" shadow="md" withinPortal trapFocus>
      <Popover.Target>
        <Button
          onClick={() => setOpened(!opened)}
          variant={isMain ? "default" : "filled"}
          rightSection={<span aria-hidden>▾</span>}
          title="The event whose samples are shown"
          data-testid="facet-event"
          data-event={isAll ? ALL_EVENTS : shown.join(" ")}
        >
          <span className={classes.event}>
            Event: <bdi>{isAll ? `all ${counts.length}, summed` : shown.join(" + ")}</bdi>
          </span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <ul className={classes.options} aria-label="Event">
          {several && (
            <Option
              kind="radio"
              value={MAIN_EVENT}
              title={main.join(" + ")}
              label="one a kind of core"
              checked={isMain}
              onToggle={() => choose([])}
            />
          )}
          {listed.map(({ value }) => {
            const name = String(value);
            const alone = !several && main[0] === name;
            return (
              <Option
                key={name}
                kind="radio"
                value={name}
                label={alone ? "most frequent" : ""}
                count={samples.get(name)}
                checked={!isAll && shown.length === 1 && shown[0] === name}
                onToggle={() => choose(alone ? [] : [name])}
              />
            );
          })}
          <Option
            kind="radio"
            value={ALL_EVENTS}
            title="All events, summed"
            label="their sum measures nothing"
            checked={isAll}
            onToggle={() => choose([ALL_EVENTS])}
          />
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}
