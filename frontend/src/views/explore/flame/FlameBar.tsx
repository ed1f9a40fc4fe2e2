// Settings and legend of the flame graph, and actions on the selection.
import { Button, NativeSelect, SegmentedControl } from "@mantine/core";
import { memo, useMemo } from "react";
import { nameOf, type FlameTree } from "../../../model/flame/flameTree";
import { colourLegend, colourMode, type KnownMode, type LegendEntry } from "../../../model/flame/frameColour";
import type { ColourMode } from "../../../types/explorer";
import { ROOT } from "../../../types/units";
import { CompareMenu } from "../compare/CompareMenu";
import { ExportMenu } from "./ExportMenu";
import type { FlamePanelProps } from "./panelProps";
import { useLiveTree } from "./useFlameTree";
import classes from "../explore.module.css";

const COLOUR_NAMES: Readonly<Record<KnownMode, string>> = {
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
            data={colourChoices(tree)}
            onChange={({ currentTarget }) => change({ colour: currentTarget.value as ColourMode }, "replace")}
            data-testid="colour"
          />
        </label>
      )}
      <Shown state={state} scheme={scheme} data={data} />
    </div>
  );
}

/** "Auto" first, with what it stands for here. */
function colourChoices(tree: FlameTree | undefined) {
  const auto = tree && COLOUR_NAMES[colourMode(tree, "auto")].toLowerCase();
  const named = Object.entries(COLOUR_NAMES).map(([value, label]) => ({ value, label }));
  return [{ value: "auto", label: auto === undefined ? "Auto" : `Auto: ${auto}` }, ...named];
}

/** Settings of the drawing. They do not render with a drag. */
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
        // It stays in its place beside a table, so that nothing behind it moves.
        disabled={state.view === "table"}
        data={[
          { value: "flame", label: "Flame" },
          { value: "icicle", label: "Icicle" },
        ]}
        onChange={(value) => change({ layout: value }, "replace")}
        data-testid="layout"
      />
      <label className={classes.field} title="Start from the functions that ran, with their callers above">
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

/** The words about the shown tree, which changes with a drag. */
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
