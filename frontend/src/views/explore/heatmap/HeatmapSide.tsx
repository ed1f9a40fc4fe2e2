// The text below the heatmap: the cell under the pointer, and notes about the marks and missing counts.
import { Button } from "@mantine/core";
import { formatTimeOfDay, type TimeOfDay } from "../../../lib/timeOfDay";
import { marksBetween, type Marks } from "../../../model/marks/marks";
import { formatAmount, formatClock, formatCount, formatDecimal, formatMoment, formatShare } from "../../../lib/format";
import { lengthWords, SECOND } from "../../../lib/columnLength";
import { timeOf, type Heatmap } from "../../../model/heatmap/heatmap";
import { readCell, type ShownCells } from "../../../model/heatmap/heatmapCells";
import { NOT_RECORDED } from "../../../model/heatmap/unrecorded";
import { hasOutlines, type HeatmapLayout } from "../../../model/heatmap/layout/heatmapLayout";
import type { HeatmapView } from "../../../model/heatmap/heatmapView";
import { visible } from "../../../model/flame/frames/displayName";
import type { Merge } from "../../../types/explorer";
import type { Tick } from "../../../types/units";
import { ReadingDiagram } from "./ReadingDiagram";
import type { HeatmapPicture } from "./useHeatmapPicture";
import classes from "../explore.module.css";

interface ReadoutProps {
  readonly heatmap: Heatmap;
  readonly at: Tick | undefined;
  readonly cells: ShownCells;
  readonly view: HeatmapView;
  /** How columns that share a place are merged. */
  readonly how: Merge;
  /** The unit of the cells; undefined until it is known. */
  readonly unit: string | undefined;
  readonly marks: Marks;
  readonly timeOfDay: TimeOfDay | undefined;
  /** Nothing is selected yet: explain how the picture is read. */
  readonly isNew?: boolean;
  /** Whether there is room for a hint while there is no cell to describe. */
  readonly hasHint: boolean;
}

export function Readout({ heatmap, at, cells, view, how, unit, marks, timeOfDay, isNew = false, hasHint }: ReadoutProps) {
  if (at === undefined) {
    if (!hasHint) return <p hidden data-testid="heatmap-readout" />;
    if (isNew && view.merge === 1) return <ReadingDiagram />;
    return (
      <p className={classes.readout} data-testid="heatmap-readout">
        drag, or click twice, to select
      </p>
    );
  }
  const { second, millisecond } = timeOf(heatmap, at);
  const { merge } = view;
  const { columnMs } = heatmap;
  const { first, last, count, matches, unrecorded } = readCell(cells, view, heatmap, at);
  const events = marksBetween(marks, first, last);
  const joined = merge === 1 ? "" : how === "sum" ? " in total" : " at most";
  return (
    <p
      className={classes.readout}
      data-testid="heatmap-readout"
      data-second={second}
      data-millisecond={millisecond}
      data-count={count}
      data-matches={matches}
      data-unrecorded={unrecorded}
    >
      {events !== "" && (
        <>
          <bdi data-testid="readout-marks">{visible(events)}</bdi>
          {" · "}
        </>
      )}
      {timeOfDay && `${formatTimeOfDay(first, timeOfDay)} · `}
      {merge === 1 ? placeWords(heatmap, second, millisecond) : `${formatClock(first)}–${formatClock(last)}, ${lengthWords(merge * columnMs)} per column · ${offsetWords(heatmap, millisecond)}`}
      {` · ${unrecorded ? NOT_RECORDED : count === undefined ? "…" : formatAmount(count, unit) + joined}`}
      {matches !== undefined && !unrecorded && ` · ${formatCount(matches)} match · ${formatShare(matches, count ?? 0)} of the cell`}
    </p>
  );
}

/** Where a cell begins: its second and the milliseconds in it; of other columns, the time itself. */
function placeWords(heatmap: Heatmap, second: number, millisecond: number): string {
  const { columnMs, seconds } = heatmap;
  if (columnMs < SECOND) return `${formatDecimal(Number((second + millisecond / SECOND).toFixed(5)))} s`;
  return `${formatMoment(second, seconds)} · ${offsetWords(heatmap, millisecond)}`;
}

function offsetWords({ columnMs }: Heatmap, millisecond: number): string {
  return columnMs > SECOND ? `+${millisecond / SECOND} s` : `${millisecond} ms`;
}

interface MatchesLegendProps {
  readonly layout: HeatmapLayout;
  /** Beside the cell under the pointer there is room for a few letters. */
  readonly brief: boolean;
}

/** The legend of the matches of a search. */
export function MatchesLegend({ layout, brief }: MatchesLegendProps) {
  const framed = hasOutlines(layout);
  const words = framed ? "outlined: cells with matches (bar = matching share)" : "marked: cells with matches";
  return (
    <p className={classes.matches} title={words} data-testid="marks-legend" data-framed={framed} data-brief={brief}>
      <span aria-hidden data-framed={framed} />
      {brief ? "matches" : words}
    </p>
  );
}

/** Shown where columns could not be fetched, so that their columns are still estimates. */
export function PictureNote({ picture: { error, retry } }: { readonly picture: HeatmapPicture }) {
  if (!error) return null;
  return (
    <div className={classes.readout} role="alert" data-testid="picture-error">
      {`Approximate counts: ${error.message} `}
      <Button onClick={retry}>Try again</Button>
    </div>
  );
}
