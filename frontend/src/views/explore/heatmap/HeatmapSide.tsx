// The text beside the heatmap: the selection, and the cell under the pointer.
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { formatAmount, formatClock, formatCount, formatMoment, formatShare, formatSpan } from "../../../lib/format";
import { timeOf, type Heatmap } from "../../../model/heatmap/heatmap";
import { readCell, type ShownCells } from "../../../model/heatmap/heatmapCells";
import { hasOutlines, type HeatmapLayout } from "../../../model/heatmap/heatmapLayout";
import type { HeatmapView } from "../../../model/heatmap/heatmapView";
import type { Merge } from "../../../types/explorer";
import type { Tick } from "../../../types/units";
import type { HeatmapPicture } from "./useHeatmapPicture";
import type { Selection } from "../useSelection";
import classes from "../explore.module.css";

interface SummaryProps {
  readonly selection: Selection;
  readonly samples: number | undefined;
  readonly heatmap: Heatmap;
  /** "A: " and "B: " while two are compared. */
  readonly label: "" | "A" | "B";
  readonly unit: string | undefined;
  /** Idle samples are counted like others and not named. */
  readonly withIdle: boolean;
  /** More actions on the selection. */
  readonly children?: ReactNode;
}

export function Summary(props: SummaryProps) {
  const { samples, heatmap, label, unit, withIdle, children } = props;
  const { range, clear, live } = props.selection;
  const { samples: whole } = heatmap;
  const idle = withIdle ? 0 : heatmap.idle;
  const counts = samples === undefined ? "…" : `${formatAmount(samples, unit)} · ${formatShare(samples, whole)}`;
  // The list of profiles counts idle samples, the heatmap does not: name the difference.
  const total = formatAmount(whole, unit);
  const all = idle > 0 ? `${total} · ${formatCount(idle)} idle` : total;
  return (
    <div className={classes.summary}>
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
          {range ? `${label === "" ? "selected " : ""}${formatSpan(range, heatmap.columns)}` : "whole profile"}
        </strong>
        <span className="visually-hidden"> · </span>
        <div title={range || idle === 0 ? undefined : "Idle samples are left out of the heatmap and the flame graph"}>
          {range ? counts : all}
        </div>
      </div>
      <div className={classes.actions}>
        <Button
          onClick={clear}
          data-testid={label === "B" ? "clear-compared" : "clear-selection"}
          style={{ visibility: range && !live ? "visible" : "hidden" }}
          title={label === "B" ? "Whole profile" : "Whole profile (Esc)"}
          aria-label="Whole profile"
        >
          <span className={classes.wide}>Whole profile</span>
          <span className={classes.close} aria-hidden>
            ✕
          </span>
        </Button>
        {children}
      </div>
    </div>
  );
}

interface ReadoutProps {
  readonly heatmap: Heatmap;
  readonly at: Tick | undefined;
  readonly cells: ShownCells;
  readonly view: HeatmapView;
  /** How seconds that share a column are merged. */
  readonly how: Merge;
  /** What the cells count; undefined until it is known. */
  readonly unit: string | undefined;
  /** Nothing is selected yet: explain how the picture is read. */
  readonly isNew?: boolean;
}

export function Readout({ heatmap, at, cells, view, how, unit, isNew = false }: ReadoutProps) {
  if (at === undefined) {
    return (
      <p className={classes.readout} data-testid="heatmap-readout">
        {isNew && view.merge === 1 && (
          <>
            column = 1 second, read upwards
            <br />
          </>
        )}
        drag, or click twice, to select
      </p>
    );
  }
  const { second, millisecond } = timeOf(heatmap, at);
  const { merge } = view;
  const { first, last, count, matches } = readCell(cells, view, heatmap, at);
  const joined = merge === 1 ? "" : how === "sum" ? " in total" : " at most";
  return (
    <p
      className={classes.readout}
      data-testid="heatmap-readout"
      data-second={second}
      data-millisecond={millisecond}
      data-count={count}
      data-matches={matches}
    >
      {merge === 1 ? formatMoment(second, heatmap.columns) : `${formatClock(first)}–${formatClock(last)}, ${formatCount(merge)} s per column`}
      {` · ${millisecond} ms · ${count === undefined ? "…" : formatAmount(count, unit) + joined}`}
      {matches !== undefined && <><br />{`${formatCount(matches)} match · ${formatShare(matches, count ?? 0)} of the cell`}</>}
    </p>
  );
}

export function MarksLegend({ layout }: { readonly layout: HeatmapLayout }) {
  const framed = hasOutlines(layout);
  return (
    <p className={classes.marks} data-testid="marks-legend" data-framed={framed}>
      <span aria-hidden data-framed={framed} />
      {framed ? "outlined: cells with matches (bar = matching share)" : "marked: cells with matches"}
    </p>
  );
}

/** Shown where seconds could not be fetched, so that their columns are still estimates. */
export function PictureNote({ picture: { error, retry } }: { readonly picture: HeatmapPicture }) {
  if (!error) return null;
  return (
    <div className={classes.readout} role="alert" data-testid="picture-error">
      {`Approximate counts: ${error.message} `}
      <Button onClick={retry}>Try again</Button>
    </div>
  );
}
