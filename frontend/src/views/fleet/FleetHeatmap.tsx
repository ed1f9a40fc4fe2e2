// The subsecond heatmap of a cut of at most an hour. A drag selects the range of the graph.
import { Button } from "@mantine/core";
import { useMemo, useRef, useState } from "react";
import { HeatmapCanvas } from "../../canvas/HeatmapCanvas";
import { useSize } from "../../canvas/useSize";
import { formatAmount, formatSpan } from "../../lib/format";
import { buildHeatmap, type Heatmap } from "../../model/heatmap/heatmap";
import { shownCells } from "../../model/heatmap/heatmapCells";
import { layoutHeatmap } from "../../model/heatmap/layout/heatmapLayout";
import { PLOT_HEIGHT } from "../../model/heatmap/layout/plotHeight";
import { toTicks, toTime } from "../../model/heatmap/selection/selection";
import { useFleetHeatmap } from "../../state/fleet/fleet";
import type { ChangeFleet, FleetState } from "../../types/fleet";
import type { Scheme } from "../../types/scheme";
import { px, type Tick } from "../../types/units";
import { Loading } from "../shared/Loading";
import { ErrorNotice } from "../shared/Notice";
import classes from "./fleet.module.css";

interface FleetHeatmapProps {
  readonly state: FleetState;
  readonly change: ChangeFleet;
  readonly scheme: Scheme;
}

export function FleetHeatmap(props: FleetHeatmapProps) {
  const { data, error, refetch } = useFleetHeatmap(props.state);
  const heatmap = useMemo(() => data && buildHeatmap(data), [data]);
  if (error) return <ErrorNotice title="These seconds cannot be shown" error={error} retry={() => void refetch()} />;
  return heatmap ? <Seconds {...props} heatmap={heatmap} /> : <Loading label="Counting the samples" />;
}

const nothing = () => undefined;

function Seconds({ state, change, scheme, heatmap }: FleetHeatmapProps & { readonly heatmap: Heatmap }) {
  const frame = useRef<HTMLDivElement>(null);
  const { width } = useSize(frame);
  const [hovered, setHovered] = useState<Tick>();
  const layout = useMemo(() => layoutHeatmap(heatmap, px(width), undefined, PLOT_HEIGHT), [heatmap, width]);
  const cells = useMemo(() => shownCells({ whole: heatmap.whole, tiles: [] }, layout.view, "sum"), [heatmap, layout.view]);
  const ranges = useMemo(() => (state.range ? [{ ticks: toTicks(state.range, heatmap), label: "" as const }] : []), [state.range, heatmap]);
  const timeOfDay = useMemo(() => (state.from === undefined ? undefined : { began: state.from, zone: "utc" as const }), [state.from]);
  return (
    <section aria-label="Seconds" data-testid="fleet-seconds">
      <HeatmapCanvas
        {...{ heatmap, frame, layout, cells, scheme, ranges, hovered, timeOfDay }}
        palette="red"
        matching={undefined}
        window={undefined}
        found={[]}
        heat="samples"
        colours={undefined}
        marks={[]}
        side="A"
        description={`Samples by time: ${heatmap.seconds} seconds, ${formatAmount(heatmap.samples, "samples")}`}
        testId="fleet-heatmap"
        onPreview={nothing}
        onSelect={(ticks) => change({ range: toTime(ticks, heatmap), compared: false })}
        onHover={setHovered}
        onKeyDown={nothing}
        onWindow={nothing}
      />
      {state.range && (
        <p className={classes.dim}>
          {`Selected ${formatSpan(state.range, heatmap.seconds)} `}
          <Button onClick={() => change({ range: undefined })} data-testid="fleet-clear-range">
            Whole cut
          </Button>
        </p>
      )}
    </section>
  );
}
