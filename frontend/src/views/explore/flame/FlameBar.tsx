// Settings of the flame graph, what its colours mean, and what can be done with the selection.
import { Button, NativeSelect, SegmentedControl } from "@mantine/core";
import { memo, useMemo } from "react";
import { nameOf } from "../../../model/flame/flameTree";
import { colourLegend, type LegendEntry } from "../../../model/flame/frameColour";
import type { ColourMode } from "../../../types/explorer";
import { ROOT } from "../../../types/units";
import { CompareMenu } from "../compare/CompareMenu";
import { ExportMenu } from "./ExportMenu";
import type { FlamePanelProps } from "./panelProps";
import { useLiveTree } from "./useFlameTree";
import classes from "../explore.module.css";

const COLOUR_NAMES: Readonly<Record<ColourMode, string>> = {
  kind: "Kind",
  library: "Library",
  name: "Name",
  tier: "JavaScript tier",
};

export function FlameBar(props: FlamePanelProps) {
  const { state, change, scheme, data } = props;
  const { tree } = data;
  return (
    <div className={classes.bar}>
      <Drawing state={state} change={change} />
      <Button disabled={state.zoom === ""} onClick={() => change({ zoom: "" })} title="Esc" data-testid="reset-zoom">
        Reset zoom
      </Button>
      <CompareMenu {...props} />
      <ExportMenu {...props} />
      {!tree?.delta && (
        <label className={classes.field}>
          Colour
          <NativeSelect
            value={state.colour}
            data={Object.entries(COLOUR_NAMES).map(([value, label]) => ({ value, label }))}
            onChange={({ currentTarget }) => change({ colour: currentTarget.value as ColourMode }, "replace")}
            data-testid="colour"
          />
        </label>
      )}
      <Shown state={state} scheme={scheme} data={data} />
    </div>
  );
}

/** How it is drawn: the same while a drag changes what is drawn. */
const Drawing = memo(function Drawing({ state, change }: Pick<FlamePanelProps, "state" | "change">) {
  return (
    <>
      <SegmentedControl
        aria-label="Show"
        value={state.view}
        data={[
          { value: "graph", label: "Graph" },
          { value: "table", label: "Table" },
          { value: "both", label: "Both" },
        ]}
        onChange={(value) => change({ view: value, callers: "" })}
        data-testid="view"
      />
      <SegmentedControl
        aria-label="Layout"
        value={state.layout}
        // It stays where it is beside a table, so that what is behind it does not move.
        disabled={state.view === "table"}
        data={[
          { value: "flame", label: "Flame" },
          { value: "icicle", label: "Icicle" },
        ]}
        onChange={(value) => change({ layout: value }, "replace")}
        data-testid="layout"
      />
      <label className={classes.field} title="Callers below callees: grouped by the function that ran">
        <input
          type="checkbox"
          checked={state.inverted}
          onChange={({ currentTarget }) => change({ inverted: currentTarget.checked, zoom: "" })}
          data-testid="inverted"
        />
        Inverted
      </label>
    </>
  );
});

/** What is said of the tree that is shown: it changes with a drag. */
function Shown({ state, scheme, data }: Pick<FlamePanelProps, "state" | "scheme" | "data">) {
  const { tree, zoom } = useLiveTree(data.shown, state);
  const legend = useMemo(
    () => (tree && !tree.delta ? colourLegend(tree, state.colour, scheme) : []),
    [tree, state.colour, scheme],
  );
  return (
    <>
      <Legend entries={legend} />
      {tree && zoom !== ROOT && (
        <span className={classes.zoomed} data-testid="zoomed" title={nameOf(tree, zoom)}>
          zoomed: <bdi>{nameOf(tree, zoom)}</bdi>
        </span>
      )}
    </>
  );
}

function Legend({ entries }: { readonly entries: readonly LegendEntry[] }) {
  return (
    <ul className={classes.kinds} aria-label="Colours" data-testid="colour-legend">
      {entries.map(({ label, colour }) => (
        <li key={`${label} ${colour}`}>
          <span style={{ background: colour }} />
          {label}
        </li>
      ))}
    </ul>
  );
}
