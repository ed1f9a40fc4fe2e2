// The heatmap of the profile that this one is compared with, with a selection of its own.
import type { Heatmap } from "../../../model/heatmap/heatmap";
import { AROUND } from "../../../model/heatmap/layout/room";
import type { ChangeExplorer } from "../../../state/explorer/useExplorer";
import type { ExplorerState } from "../../../types/explorer";
import type { Scheme } from "../../../types/scheme";
import { Loading } from "../../shared/Loading";
import { ErrorNotice } from "../../shared/Notice";
import { HeatmapPane, type HeatmapSource } from "../heatmap/HeatmapPane";
import { Summary } from "../rail/Summary";
import type { Selection } from "../useSelection";
import classes from "../explore.module.css";

const TEST_IDS = { heatmap: "compare-heatmap", overview: "compare-overview", legend: "compare-legend" };

interface OtherHeatmapProps {
  readonly query: { readonly error: Error | null; readonly refetch: () => unknown };
  /** The notice in place of the comparison tells why there is no heatmap, too. */
  readonly isTold: boolean;
  readonly heatmap: Heatmap | undefined;
  readonly source: HeatmapSource;
  readonly selection: Selection;
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
  readonly scheme: Scheme;
  /** The unit of the cells; undefined until it is known. */
  readonly unit: string | undefined;
  /** The unit of periods, which a weight counts. */
  readonly periodUnit: string;
  /** CSS pixels that the plot should be high. */
  readonly plot: number;
  /** CSS pixels left of the plot. */
  readonly left: number;
}

export function OtherHeatmap({ query, isTold, ...props }: OtherHeatmapProps) {
  const { heatmap, state } = props;
  const name = state.compare?.file ?? "";
  if (query.error && isTold) return null;
  if (query.error) {
    return <ErrorNotice title={`No heatmap of ${name}`} error={query.error} retry={() => void query.refetch()} />;
  }
  if (!heatmap) {
    return (
      <div style={{ minHeight: props.plot + AROUND }}>
        <Loading label={`Reading ${name}`} />
      </div>
    );
  }
  return <OtherPanel {...props} heatmap={heatmap} name={name} />;
}

interface OtherPanelProps extends Omit<OtherHeatmapProps, "query" | "isTold"> {
  readonly heatmap: Heatmap;
  readonly name: string;
}

function OtherPanel({ name, selection, state, change, periodUnit, ...props }: OtherPanelProps) {
  const { compare } = state;
  return (
    <HeatmapPane
      {...props}
      state={state}
      change={change}
      selections={{ B: selection }}
      side="B"
      window={compare?.window}
      onWindow={(window, how) => {
        if (compare) change({ compare: { ...compare, window } }, how);
      }}
      title={`When, in ${name}`}
      description={`${name}, samples by time`}
      testIds={TEST_IDS}
      lead={
        <div className={classes.otherSide}>
          <p className={classes.otherName} title={name} data-testid="compare-file">
            <bdi>{name}</bdi>
          </p>
          <Summary {...props} {...{ selection, periodUnit }} request={props.source.request} label="B" inLine />
        </div>
      }
    />
  );
}
