// How stacks are drawn: hidden frames, grouping and weight. Each control is there only where it changes something.
import { NativeSelect } from "@mantine/core";
import { useMemo } from "react";
import type { FlameGraphRequest } from "../../../api/flamegraph";
import { isClock } from "../../../model/events";
import { usefulFlavours } from "../../../model/flame/filters/usefulFlavours";
import type { ChangeExplorer } from "../../../state/explorer/useExplorer";
import type { ExplorerState, Flavor, Weight } from "../../../types/explorer";
import type { FlameGraphAnswer, NamedFilter, ProfileInfo } from "../../../types/wire";
import { FilterSelect } from "./FilterSelect";
import classes from "./filterBar.module.css";

const FLAVOR_NAMES: Readonly<Record<Flavor, string>> = {
  standard: "frames as recorded",
  nodejs: "Node.js functions",
  "nodejs-packages": "Node.js packages",
  "java-packages": "Java packages",
};

interface StackControlsProps {
  readonly info: ProfileInfo | undefined;
  readonly filters: readonly NamedFilter[];
  /** The shown frames; undefined until they are known. */
  readonly frames: FlameGraphAnswer["frames"] | undefined;
  readonly request: FlameGraphRequest;
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
}

export function StackControls({ info, filters, frames, request, state, change }: StackControlsProps) {
  const useful = useMemo(() => (frames ? usefulFlavours(frames) : []), [frames]);
  const flavors = Object.entries(FLAVOR_NAMES).filter(
    // A flavour changes the names that would show which others are of use.
    ([value]) => state.flavor !== "standard" || value === "standard" || useful.includes(value as Flavor),
  );
  const weighs = info?.periods === true && !info.mainEvents.every(isClock);
  return (
    <>
      {flavors.length > 1 && (
        <label className={classes.field}>
          Group by
          <NativeSelect
            value={state.flavor}
            data={flavors.map(([value, label]) => ({ value, label }))}
            onChange={({ currentTarget }) => change({ flavor: currentTarget.value as Flavor })}
            data-testid="flavor"
          />
        </label>
      )}
      {(weighs || state.weight === "period") && (
        <label className={classes.field} title="Count each sample as one, or by its period: the time or events since the last one">
          Weight
          <NativeSelect
            value={state.weight}
            data={["samples", "period"]}
            onChange={({ currentTarget }) => change({ weight: currentTarget.value as Weight })}
            data-testid="weight"
          />
        </label>
      )}
      {/* At the right end, where it stays in place when the others come and go with the selection. */}
      <FilterSelect filters={filters} value={state.filter} change={change} request={request} frames={frames} />
    </>
  );
}
