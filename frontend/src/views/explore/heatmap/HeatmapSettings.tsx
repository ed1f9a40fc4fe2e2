// The seconds that are shown: to select them, the way back to all, and how columns that share a place are merged; only where either applies.
import { Button, NativeSelect } from "@mantine/core";
import type { ChangeExplorer } from "../../../state/explorer/useExplorer";
import type { ExplorerState, Merge } from "../../../types/explorer";
import classes from "../explore.module.css";

interface HeatmapSettingsProps {
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
  /** Whether columns are merged. */
  readonly merged: boolean;
  /** Undefined where all seconds are shown. */
  readonly onShowAll: (() => void) | undefined;
  /** Selects the seconds that are shown; undefined where they are selected already. */
  readonly onSelectShown: (() => void) | undefined;
}

export function HeatmapSettings({ state, change, merged, onShowAll, onSelectShown }: HeatmapSettingsProps) {
  if (!merged && !onShowAll) return null;
  return (
    <div className={classes.settings}>
      {/* It stays where it is when it has nothing to do: nothing beside it moves with a selection. */}
      {onShowAll && (
        <Button onClick={onSelectShown} disabled={!onSelectShown} data-testid="select-shown">
          Select what is shown
        </Button>
      )}
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
