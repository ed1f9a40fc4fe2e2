// The selection in words: its range and its samples, and ways to step it or to let it go.
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import type { HeatmapRequest } from "../../../api/heatmap";
import { formatAmount, formatCount, formatShare, formatSpan, isTime } from "../../../lib/format";
import type { Heatmap } from "../../../model/heatmap/heatmap";
import type { FollowedGraph } from "../../../state/explorer/flamegraph";
import { isRefusedRange } from "../../../model/heatmap/selection/selection";
import { SelectionTable } from "../ScreenReaderTables";
import { useSamples } from "../heatmap/useSamples";
import { useLiveSelection, type Selection } from "../useSelection";
import classes from "./rail.module.css";

export interface SummaryProps {
  readonly selection: Selection;
  readonly heatmap: Heatmap;
  readonly request: HeatmapRequest;
  /** The unit of the cells; undefined until it is known. */
  readonly unit: string | undefined;
  /** The unit of periods, which a weight counts. */
  readonly periodUnit: string;
  /** "A" and "B" while two are compared. */
  readonly label: "" | "A" | "B";
  /** All of it in one line. */
  readonly inLine?: boolean;
  /** The selection's flame graph, where it is fetched anyway. */
  readonly graph?: FollowedGraph | undefined;
  /** More actions on the selection. */
  readonly children?: ReactNode;
}

const UNKNOWN = { samples: undefined, whole: undefined, unit: undefined };

/** The selection as it is under the pointer; the first one also as a table. */
export function Summary({ request, graph, periodUnit, ...props }: SummaryProps) {
  const { heatmap, label } = props;
  const selection = useLiveSelection(props.selection);
  const counted = useSamples(request, heatmap, selection, graph);
  const { samples, whole, unit: own } = selection.ticks ? (counted ?? UNKNOWN) : { ...UNKNOWN, samples: heatmap.samples };
  const unit = request.cut.weight === "period" ? periodUnit : isTime(own) ? own : props.unit;
  return (
    <>
      <Words {...props} {...{ selection, unit, samples, whole }} withIdle={request.cut.idle} />
      {label !== "B" && (
        <SelectionTable
          {...{ heatmap, samples, whole, unit }}
          heatmapUnit={props.unit}
          range={selection.range}
          live={selection.live}
        />
      )}
    </>
  );
}

interface WordsProps extends Omit<SummaryProps, "request" | "graph" | "periodUnit"> {
  readonly samples: number | undefined;
  /** Of the whole profile in the unit of `samples`, undefined for what the heatmap counts. */
  readonly whole: number | undefined;
  /** Idle samples are counted like others and not named. */
  readonly withIdle: boolean;
}

function Words({ samples, whole, heatmap, label, unit, withIdle, selection, inLine = false, children }: WordsProps) {
  const { range, clear, live } = selection;
  const idle = withIdle ? 0 : heatmap.idle;
  const counts = isRefusedRange(range, heatmap) ? "not within the profile" : samples === undefined ? "…" : `${formatAmount(samples, unit)} · ${formatShare(samples, whole ?? heatmap.samples)}`;
  // The list of profiles counts idle samples, the heatmap does not: name the difference.
  const total = formatAmount(heatmap.samples, unit);
  const all = idle > 0 ? `${total} · ${formatCount(idle)} idle` : total;
  return (
    <div className={classes.summary} data-line={inLine}>
      <div
        role="status"
        data-testid={label === "B" ? "compare-summary" : "selection-summary"}
        data-start={range?.start}
        data-end={range?.end}
        data-samples={samples}
        data-live={live}
      >
        <strong>
          {label !== "" && <span className={classes.sideLabel} data-side={label}>{`${label} `}</span>}
          {range && label === "" && <span className="visually-hidden">selected </span>}
          {range ? formatSpan(range, heatmap.seconds) : "whole profile"}
        </strong>
        <span className="visually-hidden"> · </span>
        <div className={classes.counts} title={range || idle === 0 ? undefined : "Idle samples are left out of the heatmap and the flame graph"}>
          {range ? counts : all}
        </div>
      </div>
      <div className={classes.actions}>
        {range && !live && (
          <Button
            onClick={clear}
            data-testid={label === "B" ? "clear-compared" : "clear-selection"}
            title={label === "B" ? "Whole profile" : "Whole profile (Esc)"}
          >
            Whole profile
          </Button>
        )}
        {children}
      </div>
    </div>
  );
}
