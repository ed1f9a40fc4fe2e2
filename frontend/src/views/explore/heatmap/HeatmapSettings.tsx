// Settings of the heatmap: rows, palette, how seconds are merged, and the way back to all of them.
import { Button, NativeSelect } from "@mantine/core";
import { FEWER_ROWS } from "../../../model/heatmap/sparse";
import type { ChangeExplorer } from "../../../state/useExplorer";
import type { ExplorerState, Merge, Palette } from "../../../types/explorer";
import classes from "../explore.module.css";

const ROWS = [10, 25, 49, 50, 99, 100];
const PALETTE_NAMES: Readonly<Record<Palette, string>> = {
  red: "White to red",
  enhanced: "Enhanced",
  safe: "Colour-blind safe",
};

interface HeatmapSettingsProps {
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
  /** Whether columns are of more than a second. */
  readonly merged: boolean;
  /** Cells hold so few samples that bursts are hard to see (model/sparse). */
  readonly sparse: boolean;
  /** Undefined where all seconds are shown. */
  readonly onShowAll: (() => void) | undefined;
}

export function HeatmapSettings({ state, change, merged, sparse, onShowAll }: HeatmapSettingsProps) {
  return (
    <div className={classes.settings}>
      {onShowAll && (
        <Button onClick={onShowAll} data-testid="reset-window" title="Backspace">
          Show all seconds
        </Button>
      )}
      {merged && (
        <label className={classes.field}>
          Merged
          <NativeSelect
            value={state.merge}
            data={[
              { value: "sum", label: "by sum" },
              { value: "max", label: "by maximum" },
            ]}
            onChange={({ currentTarget }) => change({ merge: currentTarget.value as Merge }, "replace")}
            data-testid="merge"
          />
        </label>
      )}
      {sparse && (
        <Button
          onClick={() => change({ rows: FEWER_ROWS }, "replace")}
          title="Cells hold few samples. Larger cells make bursts stand out."
          data-testid="fewer-rows"
        >
          {`Few samples: try ${FEWER_ROWS} rows`}
        </Button>
      )}
      <label className={classes.field}>
        Rows
        <NativeSelect
          value={state.rows}
          data={[...new Set([...ROWS, state.rows])].sort((a, b) => a - b).map(String)}
          onChange={({ currentTarget }) => change({ rows: Number(currentTarget.value) }, "replace")}
          data-testid="rows"
        />
      </label>
      <label className={classes.field}>
        Palette
        <NativeSelect
          value={state.palette}
          data={Object.entries(PALETTE_NAMES).map(([value, label]) => ({ value, label }))}
          onChange={({ currentTarget }) => change({ palette: currentTarget.value as Palette }, "replace")}
          data-testid="palette"
        />
      </label>
    </div>
  );
}
