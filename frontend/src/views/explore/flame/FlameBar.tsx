// The views of the selection as tabs, the legend of their colours, and the gear.
import { Button, SegmentedControl } from "@mantine/core";
import { memo, useMemo } from "react";
import { nameOf } from "../../../model/flame/flameTree";
import { colourLegend, type LegendEntry } from "../../../model/flame/frames/frameColour";
import type { View } from "../../../types/explorer";
import { ROOT } from "../../../types/units";
import type { FlamePanelProps } from "./panelProps";
import { SettingsMenu } from "./SettingsMenu";
import { useLaterTree } from "./useFlameTree";
import bar from "./flameBar.module.css";
import classes from "../explore.module.css";

const VIEW_NAMES: Readonly<Record<View, string>> = {
  graph: "Flame graph",
  table: "Functions",
  both: "Both",
  time: "Time order",
};

const VIEWS = Object.keys(VIEW_NAMES) as readonly View[];

export function FlameBar(props: FlamePanelProps) {
  const { state, change, scheme, data } = props;
  return (
    <div className={classes.bar}>
      <Views state={state} change={change} timed={data.info.data?.timed !== false} />
      <Shown state={state} change={change} scheme={scheme} data={data} />
      <SettingsMenu state={state} change={change} data={data} />
    </div>
  );
}

interface ViewsProps extends Pick<FlamePanelProps, "state" | "change"> {
  /** Whether there is an order in time. */
  readonly timed: boolean;
}

/** They do not render with a drag. */
const Views = memo(function Views({ state, change, timed }: ViewsProps) {
  const shown = VIEWS.filter((view) => view !== "time" || timed || state.view === "time");
  return (
    <>
      <SegmentedControl
        aria-label="Show"
        classNames={{ root: bar.tabs!, indicator: bar.indicator!, label: bar.tab!, control: bar.control! }}
        withItemsBorders={false}
        value={state.view}
        data={shown.map((value) => ({ value, label: VIEW_NAMES[value] }))}
        onChange={(value) => change({ view: value, callers: "", stretch: undefined })}
        data-testid="view"
      />
      {state.view !== "time" && (
        <label className={classes.field} title="Start from the functions that ran, with their callers above">
          <input
            type="checkbox"
            checked={state.inverted}
            onChange={({ currentTarget }) => change({ inverted: currentTarget.checked, zoom: "" })}
            data-testid="inverted"
          />
          Inverted
        </label>
      )}
    </>
  );
});

/** The zoomed frame and the legend of the shown tree, which changes with a drag. */
function Shown({ state, change, scheme, data }: Omit<FlamePanelProps, "side" | "onSide">) {
  const { tree, zoom } = useLaterTree(data.shown, state);
  const legend = useMemo(
    () => (tree && !tree.delta ? colourLegend(tree, state.colour, scheme) : []),
    [tree, state.colour, scheme],
  );
  const inTime = state.view === "time";
  const zoomed = inTime ? state.stretch !== undefined : state.zoom !== "";
  return (
    <>
      {zoomed && (
        <Button onClick={() => change(inTime ? { stretch: undefined } : { zoom: "" })} title="Esc" data-testid="reset-zoom">
          Reset zoom
        </Button>
      )}
      {tree && zoom !== ROOT && !inTime ? (
        <span className={classes.zoomed} data-testid="zoomed" title={nameOf(tree, zoom)}>
          <bdi>{nameOf(tree, zoom)}</bdi>
        </span>
      ) : (
        <span className={classes.space} />
      )}
      <Legend entries={legend} />
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
