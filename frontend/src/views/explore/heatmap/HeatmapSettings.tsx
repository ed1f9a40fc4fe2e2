// The way back to all seconds, and how seconds that share a column are merged; only where either applies.
import { Button, NativeSelect } from "@mantine/core";
import type { ChangeExplorer } from "../../../state/useExplorer";
import type { ExplorerState, Merge } from "../../../types/explorer";
import classes from "../explore.module.css";

interface HeatmapSettingsProps {
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
  /** Whether columns are of more than a second. */
  readonly merged: boolean;
  /** Undefined where all seconds are shown. */
  readonly onShowAll: (() => void) | undefined;
}

export function HeatmapSettings({ state, change, merged, onShowAll }: HeatmapSettingsProps) {
  if (!merged && !onShowAll) return null;
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
    </div>
  );
}
