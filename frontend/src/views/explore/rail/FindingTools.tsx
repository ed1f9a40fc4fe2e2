// Below a finding: its ranges, one after the other, and a search for the function that it names.
import { Button } from "@mantine/core";
import { formatCount } from "../../../lib/format";
import { plainName } from "../../../model/flame/frames/plainName";
import type { ChangeExplorer } from "../../../state/explorer/useExplorer";
import type { ExplorerState } from "../../../types/explorer";
import type { Finding } from "../../../types/wire";
import classes from "./rail.module.css";

interface FindingToolsProps {
  readonly finding: Finding;
  /** The place of the shown range; -1 where another one is selected. */
  readonly shown: number;
  readonly onShow: (place: number) => void;
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
}

export function FindingTools({ finding, shown, onShow, state, change }: FindingToolsProps) {
  const count = finding.ranges.length;
  const name = plainName(finding.function);
  if (count < 2 && name === "") return null;
  const searched = state.search === name;
  return (
    <div className={classes.findingTools}>
      {count > 1 && (
        <div className={classes.ranges} role="group" aria-label="Ranges of this finding">
          <Button onClick={() => onShow(shown < 0 ? count - 1 : (shown + count - 1) % count)} aria-label="Previous range" title="Previous range" data-testid="finding-previous">
            ◂
          </Button>
          <span className={classes.several} aria-live="polite" data-testid="finding-place">
            {shown < 0 ? `${formatCount(count)} ranges` : `${formatCount(shown + 1)} of ${formatCount(count)}`}
          </span>
          <Button onClick={() => onShow((shown + 1) % count)} aria-label="Next range" title="Next range" data-testid="finding-next">
            ▸
          </Button>
        </div>
      )}
      {name !== "" && (
        <Button
          onClick={() => change({ search: searched ? "" : name, zoom: "" })}
          aria-pressed={searched}
          aria-label={`Search for it: ${name}`}
          title={`Outline ${name} in the heatmap and the graph`}
          data-testid="finding-search"
        >
          Search for it
        </Button>
      )}
    </div>
  );
}
