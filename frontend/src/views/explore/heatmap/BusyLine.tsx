// Busy CPUs over time, or a sentence where they are not known: nothing is guessed.
import { useMemo } from "react";
import { BusyCanvas } from "../../../canvas/BusyCanvas";
import { busyWords } from "../../../model/breakdown/busyWords";
import { busyTop } from "../../../model/heatmap/busyLine";
import type { HeatmapLayout } from "../../../model/heatmap/layout/heatmapLayout";
import type { Scheme } from "../../../types/scheme";
import classes from "../explore.module.css";

const HEIGHT = { usual: 30, low: 20 };

interface BusyLineProps {
  /** Above a low heatmap. */
  readonly low: boolean;
  readonly layout: HeatmapLayout;
  readonly busy: Float64Array;
  /** undefined where it is not known. */
  readonly cpus: number | undefined;
  readonly scheme: Scheme;
}

export function BusyLine({ low, layout, busy, cpus, scheme }: BusyLineProps) {
  const most = useMemo(() => busy.reduce((highest, one) => (one > highest ? one : highest), -1), [busy]);
  if (busy.length === 0) return null;
  if (most < 0) {
    return (
      <p className={classes.unknownBusy} data-testid="busy-unknown">
        busy CPUs are not known: the profile does not show how often a busy CPU was sampled
      </p>
    );
  }
  const description = `Busy CPUs by time, at most ${busyWords(most, cpus)}`;
  return <BusyCanvas {...{ layout, busy, scheme, description }} top={busyTop(busy, cpus)} height={low ? HEIGHT.low : HEIGHT.usual} />;
}
