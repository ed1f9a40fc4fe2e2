// The meaning of the heatmap's colours, and its choice.
import { NativeSelect } from "@mantine/core";
import { css } from "../../../lib/colour";
import { capitalised } from "../../../lib/format";
import { hueOf, MOST_HUES } from "../../../model/heatmap/colours/heatColours";
import { paletteTable } from "../../../model/heatmap/colours/palette";
import { visible } from "../../../model/flame/frames/displayName";
import type { ChangeExplorer } from "../../../state/explorer/useExplorer";
import type { ExplorerState, Heat } from "../../../types/explorer";
import type { Scheme } from "../../../types/scheme";
import type { ShownHeat } from "./useHeat";
import classes from "../explore.module.css";

const NAMES: Readonly<Record<Heat, string>> = {
  samples: "Samples",
  busy: "Busy CPUs",
  share: "Share of the lane",
  dominant: "Dominant lane",
};
const STEPS = 20;
const NAMED = 4;

interface HeatChoiceProps {
  readonly shown: ShownHeat;
  readonly change: ChangeExplorer;
  /** The unit of the cells; undefined until it is known. */
  readonly unit: string | undefined;
}

export function HeatChoice({ shown: { heat, choices }, change, unit }: HeatChoiceProps) {
  if (choices.length < 2) return null;
  return (
    <NativeSelect
      aria-label="Colours of the heatmap"
      title="What the colours of the heatmap mean"
      value={heat}
      data={choices.map((value) => ({ value, label: value === "samples" && unit ? capitalised(unit) : NAMES[value] }))}
      onChange={({ currentTarget }) => change({ heat: currentTarget.value as Heat }, "replace")}
      data-testid="heat"
    />
  );
}

interface HeatLegendProps {
  readonly shown: ShownHeat;
  readonly state: ExplorerState;
  readonly scheme: Scheme;
}

/** Of all but samples, whose legend counts (CountLegend). */
export function HeatLegend({ shown: { heat, values, cpus }, state, scheme }: HeatLegendProps) {
  if (heat === "dominant") {
    return (
      <ul className={classes.hues} aria-label="Colours: the value with most samples of a cell" data-testid="heat-legend" data-heat={heat}>
        {values.slice(0, NAMED).map(({ value, label }, place) => (
          <li key={value} data-value={value}>
            <span style={{ background: css(hueOf(place, scheme)) }} />
            <bdi>{visible(label)}</bdi>
          </li>
        ))}
        <li>
          <span style={{ background: css(hueOf(MOST_HUES, scheme)) }} />
          others
        </li>
      </ul>
    );
  }
  const table = paletteTable(state.palette, scheme, STEPS);
  const what = heat === "busy" ? "busy CPUs" : `of the cell is ${values.map(({ label }) => visible(label)).join(", ")}`;
  const most = heat === "busy" ? String(cpus) : "100 %";
  return (
    <figure className={classes.legend} aria-label={`Colours from 0 to ${most}: ${what}`} data-testid="heat-legend" data-heat={heat} data-max={most}>
      <div className={classes.legendBar}>
        {table.map((colour, step) => (
          <span key={step} style={{ background: css(colour) }} />
        ))}
      </div>
      <figcaption>
        <span>0</span>
        <bdi className={classes.legendWords}>{what}</bdi>
        <span>{most}</span>
      </figcaption>
    </figure>
  );
}
