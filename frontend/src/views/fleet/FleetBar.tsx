// What the fleet's screen is about: rows, time, chosen hosts, and the function that is looked for.
import { Button, SegmentedControl, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { visible } from "../../model/flame/frames/displayName";
import { momentOf } from "../../state/fleet/fleetUrl";
import { type ChangeFleet, FLEET_ROWS, type FleetState } from "../../types/fleet";
import { inputText } from "./moments";
import classes from "./fleet.module.css";

interface FleetBarProps {
  readonly state: FleetState;
  readonly change: ChangeFleet;
}

const ROWS = FLEET_ROWS.map((value) => ({ value, label: { host: "Hosts", service: "Services", version: "Versions" }[value] }));
const CHOICES = ["services", "hosts", "versions"] as const;

export function FleetBar({ state, change }: FleetBarProps) {
  const whole = state.from === undefined && state.to === undefined;
  return (
    <div className={classes.bar}>
      <SegmentedControl data={ROWS} value={state.by} onChange={(by) => change({ by: by })} aria-label="Rows" data-testid="fleet-by" />
      <Moment label="From" value={state.from} onChange={(from) => change({ from, range: undefined })} />
      <Moment label="To" value={state.to} onChange={(to) => change({ to, range: undefined })} />
      {!whole && (
        <Button onClick={() => change({ from: undefined, to: undefined, range: undefined })} data-testid="fleet-all-time">
          All time
        </Button>
      )}
      <Button
        variant={state.compared ? "filled" : "default"}
        aria-pressed={state.compared}
        disabled={whole}
        title={whole ? "Select some hours first" : "The change of each function since the same hours a week before"}
        onClick={() => change({ compared: !state.compared })}
        data-testid="fleet-compare"
      >
        Compare with a week before
      </Button>
      <RanField key={state.ran} value={state.ran} onChange={(ran) => change({ ran })} />
      {CHOICES.flatMap((kind) =>
        state[kind].map((name) => (
          <Button
            key={`${kind} ${name}`}
            onClick={() => change({ [kind]: state[kind].filter((one) => one !== name), range: undefined })}
            aria-label={`Leave out the choice of ${visible(name)}`}
            data-testid="fleet-chosen"
            rightSection={<span aria-hidden>×</span>}
          >
            <bdi>{visible(name)}</bdi>
          </Button>
        )),
      )}
    </div>
  );
}

interface MomentProps {
  readonly label: string;
  readonly value: number | undefined;
  readonly onChange: (value: number | undefined) => void;
}

function Moment({ label, value, onChange }: MomentProps) {
  return (
    <label className={classes.moment} title="Date and time in UTC">
      {label}
      <TextInput
        type="datetime-local"
        aria-label={`${label}, UTC`}
        value={inputText(value)}
        onChange={({ currentTarget }) => onChange(momentOf(currentTarget.value))}
        data-testid={`fleet-${label.toLowerCase()}`}
      />
    </label>
  );
}

function RanField({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const [text, setText] = useState(value);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onChange(text.trim());
  };
  return (
    <form onSubmit={submit} className={classes.ran}>
      <TextInput
        type="search"
        placeholder="Who ran … (a function's full name)"
        aria-label="Function"
        value={text}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value);
          if (currentTarget.value === "") onChange("");
        }}
        data-testid="fleet-ran"
      />
    </form>
  );
}
