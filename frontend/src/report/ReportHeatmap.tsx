// The heatmap and lanes of a report. Nothing can be selected, since the graphs of other ranges are not in the file.
import { useMemo, useRef, useState } from "react";
import { HeatmapCanvas } from "../canvas/HeatmapCanvas";
import { LanesCanvas } from "../canvas/LanesCanvas";
import { MarksCanvas } from "../canvas/MarksCanvas";
import { useSize } from "../canvas/useSize";
import { formatAmount, formatCount, formatMoment, formatShare } from "../lib/format";
import { shortLabel } from "../model/breakdown/rows";
import { visible } from "../model/flame/frames/displayName";
import { pieceOf, timeOf, type Heatmap } from "../model/heatmap/heatmap";
import { readCell, shownCells } from "../model/heatmap/heatmapCells";
import { NOT_RECORDED } from "../model/heatmap/unrecorded";
import { layoutHeatmap, LANES_LEFT, PLOT_LEFT } from "../model/heatmap/layout/heatmapLayout";
import { PLOT_HEIGHT } from "../model/heatmap/layout/plotHeight";
import { toTicks } from "../model/heatmap/selection/selection";
import { highestColumn, LANE } from "../model/lanes/laneLayout";
import { marksBetween, marksOf, type Marks } from "../model/marks/marks";
import type { BreakdownBy, ExplorerState, TimeRange } from "../types/explorer";
import type { Scheme } from "../types/scheme";
import { px, type Tick } from "../types/units";
import type { HeatmapAnswer, LaneAnswer, Report } from "../types/wire";

interface ReportHeatmapProps {
  readonly report: Report;
  readonly heatmap: Heatmap;
  readonly state: ExplorerState;
  readonly scheme: Scheme;
  readonly range: TimeRange | undefined;
}

const nothing = () => undefined;

export function ReportHeatmap({ report, heatmap, state, scheme, range }: ReportHeatmapProps) {
  const frame = useRef<HTMLDivElement>(null);
  const { width } = useSize(frame);
  const lanes = report.lanes?.lanes ?? [];
  const left = lanes.length > 0 ? LANES_LEFT : PLOT_LEFT;
  const layout = useMemo(() => layoutHeatmap(heatmap, px(width), undefined, PLOT_HEIGHT, left), [heatmap, width, left]);
  const cells = useMemo(() => shownCells({ whole: heatmap.whole, tiles: [] }, layout.view, "sum"), [heatmap, layout.view]);
  const marks = useMemo(() => marksOf(report.marks, report.notes), [report.marks, report.notes]);
  const [at, setAt] = useState<Tick>();
  const ranges = useMemo(() => (range ? [{ ticks: toTicks(range, heatmap), label: "" as const }] : []), [range, heatmap]);
  return (
    <section aria-label="When">
      <HeatmapCanvas
        {...{ heatmap, frame, layout, cells, scheme, ranges }}
        palette={state.palette}
        matching={undefined}
        window={undefined}
        hovered={at}
        found={[]}
        heat="samples"
        colours={undefined}
        timeOfDay={undefined}
        marks={marks.marks}
        side="A"
        description={`Samples by time: ${heatmap.seconds} seconds, ${formatAmount(heatmap.samples, report.facts.unit)}`}
        onPreview={nothing}
        onSelect={nothing}
        onHover={setAt}
        onKeyDown={nothing}
        onWindow={nothing}
      />
      <p className="readout" data-testid="report-readout">
        {at === undefined ? " " : words(heatmap, cells, layout, at, marks)}
      </p>
      {report.lanes && lanes.length > 0 && (
        <div className="lanes" style={{ height: lanes.length * LANE.height }} data-testid="report-lanes" data-count={lanes.length}>
          <ReportLanes {...{ lanes, layout, scheme }} answer={report.lanes} palette={state.palette} />
          <MarksCanvas {...{ layout, scheme }} marks={marks.marks} height={lanes.length * LANE.height} top={0} lines={lanes.length * LANE.height} heads={false} />
        </div>
      )}
    </section>
  );
}

function words(heatmap: Heatmap, cells: ReturnType<typeof shownCells>, { view }: ReturnType<typeof layoutHeatmap>, at: Tick, marks: Marks): string {
  const { second, millisecond } = timeOf(heatmap, at);
  const { first, last, count, unrecorded } = readCell(cells, view, heatmap, at);
  const events = visible(marksBetween(marks, first, last));
  const named = [formatMoment(second, heatmap.seconds), `+${millisecond} ms`, unrecorded ? NOT_RECORDED : count === undefined ? "" : formatCount(count), events];
  return named.filter((part) => part !== "").join(" · ");
}

interface ReportLanesProps {
  readonly lanes: readonly LaneAnswer[];
  readonly answer: HeatmapAnswer;
  readonly layout: ReturnType<typeof layoutHeatmap>;
  readonly palette: ExplorerState["palette"];
  readonly scheme: Scheme;
}

function ReportLanes({ lanes, answer, layout, palette, scheme }: ReportLanesProps) {
  const { painted, maximum, highest } = useMemo(() => {
    const pieces = lanes.map(({ values }) => pieceOf({ ...answer, values, maxvalue: values.reduce((most, count) => Math.max(most, count), 0), peak: undefined }));
    const shown = pieces.map((whole, index) => ({ index, cells: shownCells({ whole, tiles: [] }, layout.view, "sum"), faint: false }));
    return {
      painted: shown,
      maximum: shown.reduce((most, { cells }) => Math.max(most, cells.maximum), 1),
      highest: highestColumn(pieces) * (layout.view.merge / (answer.step ?? 1)),
    };
  }, [lanes, answer, layout.view]);
  const height = lanes.length * LANE.height;
  return (
    <>
      <LanesCanvas {...{ layout, height, maximum, highest, palette, scheme }} lanes={painted} scrolled={0} onPress={nothing} onMove={nothing} onRelease={nothing} onCancel={nothing} />
      <ul className="names">
        {lanes.map(({ value, label, samples, share }, place) => (
          <li key={place} style={{ top: place * LANE.height, height: LANE.height }} title={visible(label)} data-value={value} data-samples={samples}>
            <bdi>{visible(shortLabel({ value: String(value), label }, answer.by as BreakdownBy))}</bdi> <span>{formatShare(share, 1)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
