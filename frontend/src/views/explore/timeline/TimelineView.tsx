// Time order: what ran after what in the selection. Fetched while it is shown; a range with too many samples gets the
// server's sentence, which names the seconds that fit.
import { useCallback, useMemo, useState } from "react";
import { statusOf } from "../../../api/client";
import { cutOf } from "../../../api/cut";
import { TOO_LARGE } from "../../../lib/status";
import { TimelineCanvas, type HoveredSpan } from "../../../canvas/timeline/TimelineCanvas";
import { formatAmount, formatCount, formatPlural } from "../../../lib/format";
import { frameColours } from "../../../model/flame/frames/frameColour";
import type { Span } from "../../../model/flame/layout/flameLayout";
import { nameOf } from "../../../model/flame/flameTree";
import { searchTree } from "../../../model/flame/search";
import { buildTimeline, MICRO, type Timeline } from "../../../model/timeline/timelineTree";
import { useTimeline } from "../../../state/explorer/timeline";
import type { ChangeExplorer } from "../../../state/explorer/useExplorer";
import type { ExplorerState } from "../../../types/explorer";
import type { Scheme } from "../../../types/scheme";
import { seconds, type NodeId } from "../../../types/units";
import { Loading } from "../../shared/Loading";
import { ErrorNotice, Notice } from "../../shared/Notice";
import type { FrameMenuAt } from "../flame/FrameMenu";
import { TimelineTooltip } from "./TimelineTooltip";
import classes from "../explore.module.css";

interface TimelineViewProps {
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
  readonly scheme: Scheme;
  readonly onMenu: (at: FrameMenuAt) => void;
}

export default function TimelineView({ state, change, scheme, onMenu }: TimelineViewProps) {
  const { file: filename, type, range } = state;
  const query = useTimeline({ filename, type, range, cut: cutOf(state) });
  const timeline = useMemo(() => query.data && buildTimeline(query.data), [query.data]);
  if (query.isError) return <Refused error={query.error} change={change} retry={() => void query.refetch()} />;
  if (!timeline) return <Loading label="Ordering the samples" />;
  if (timeline.samples === 0) return <div className={classes.nothing} data-testid="no-spans">Nothing ran in this range.</div>;
  return (
    <div className={classes.view} data-late={query.isPlaceholderData}>
      <Chart {...{ timeline, state, change, scheme, onMenu }} />
      <ThreadTable timeline={timeline} />
    </div>
  );
}

function Refused({ error, change, retry }: { readonly error: Error; readonly change: ChangeExplorer; readonly retry: () => void }) {
  if (statusOf(error) === TOO_LARGE) {
    return (
      <Notice
        title="Select a shorter stretch"
        detail={error.message}
        action={{ label: "Show the flame graph", run: () => change({ view: "graph" }) }}
        testId="timeline-too-long"
      />
    );
  }
  return <ErrorNotice title="No time order" error={error} retry={retry} />;
}

function Chart({ timeline, state, change, scheme, onMenu }: TimelineViewProps & { readonly timeline: Timeline }) {
  const { tree } = timeline;
  const [hovered, setHovered] = useState<HoveredSpan & { readonly timeline: Timeline }>();
  const colours = useMemo(() => frameColours(tree, state.colour, scheme), [tree, state.colour, scheme]);
  const search = useMemo(() => searchTree(tree, state.search), [tree, state.search]);
  const { stretch } = state;
  const shown = useMemo<Span | undefined>(
    () => stretch && { from: (stretch.start - tree.range.start) * MICRO, samples: (stretch.end - stretch.start) * MICRO },
    [stretch, tree],
  );
  const onShown = useCallback(
    (span: Span | undefined) => change({ stretch: span && timeOf(timeline, span.from, span.samples) }, "gesture"),
    [timeline, change],
  );
  const onHover = useCallback((span: HoveredSpan | undefined) => setHovered(span && { ...span, timeline }), [timeline]);
  const onSpanMenu = useCallback(
    (node: NodeId, x: number, y: number) => {
      const [from, length] = [tree.left[node]!, tree.total[node]!];
      const here = timeOf(timeline, from, length);
      onMenu({
        ...{ name: nameOf(tree, node), library: tree.libraries[tree.frame[node]!] ?? "", node: undefined, x, y },
        span: { focus: () => change({ stretch: here }), select: () => change({ range: here, stretch: undefined }) },
      });
    },
    [timeline, tree, change, onMenu],
  );
  return (
    <>
      <div className={classes.drawing}>
        <TimelineCanvas
          {...{ timeline, colours, scheme, search, shown, onShown, onHover }}
          description={`Time order of ${timeline.exact ? formatAmount(tree.nodeCount - 1, "spans") : formatAmount(timeline.samples, "samples")} in ${formatPlural(timeline.threads.length, "thread")}`}
          onMenu={onSpanMenu}
        />
      </div>
      {hovered?.timeline === timeline && <TimelineTooltip timeline={timeline} hovered={hovered} />}
    </>
  );
}

/** Microseconds of the chart as seconds of the profile, to the microsecond. */
function timeOf({ tree }: Timeline, from: number, length: number) {
  const start = Math.round(tree.range.start * MICRO + from);
  return { start: seconds(start / MICRO), end: seconds((start + Math.max(Math.round(length), 1)) / MICRO) };
}

const LISTED = 50;

/** The threads for screen readers. */
function ThreadTable({ timeline: { threads } }: { readonly timeline: Timeline }) {
  return (
    <div className="visually-hidden">
      <table data-testid="timeline-table">
        <caption>Threads in time order, busiest first</caption>
        <thead>
          <tr>
            <th scope="col">Thread</th>
            <th scope="col">Spans</th>
          </tr>
        </thead>
        <tbody>
          {threads.slice(0, LISTED).map(({ label, first, end, row }) => (
            <tr key={row}>
              <td>{label}</td>
              <td>{formatCount(end - first)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p id="timeline-keys">
        Arrow keys move from span to span and from thread to thread, Enter shows a span alone, plus and minus go closer and
        farther, Shift with an arrow moves along the time, Backspace shows all, the menu key opens the menu.
      </p>
    </div>
  );
}
