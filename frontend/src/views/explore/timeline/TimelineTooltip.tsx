// The tooltip of the span under the pointer. Names are text, whatever they look like.
import type { HoveredSpan } from "../../../canvas/timeline/TimelineCanvas";
import { formatCount, formatPlural, formatValue } from "../../../lib/format";
import { MICRO, type Timeline } from "../../../model/timeline/timelineTree";
import { FrameLines } from "../flame/FlameTooltip";
import { useTooltip } from "../useTooltip";

interface TimelineTooltipProps {
  readonly timeline: Timeline;
  readonly hovered: HoveredSpan;
}

export function TimelineTooltip({ timeline: { tree, counts, exact }, hovered }: TimelineTooltipProps) {
  const { node, merged } = hovered;
  const start = tree.range.start + tree.left[node]! / MICRO;
  return (
    <div
      {...useTooltip(hovered)}
      data-testid="timeline-tooltip"
      data-merged={merged}
      data-name={merged > 1 ? undefined : tree.names[tree.frame[node]!]}
      data-start={start}
      data-length={tree.total[node]}
      data-samples={counts[node]}
    >
      {merged > 1 ? (
        <>
          <strong>{`${formatCount(merged)} spans too short to show`}</strong>
          <p>{`from ${start.toFixed(3)} s · click to go closer`}</p>
        </>
      ) : (
        <>
          <FrameLines tree={tree} hovered={hovered} />
          <p>
            {`${formatValue(tree.total[node]!, tree.unit)} from ${start.toFixed(exact ? 6 : 3)} s`}
            {!exact && ` · ${formatPlural(counts[node]!, "sample")}`}
          </p>
          <p>{`${formatValue(tree.self[node]!, tree.unit)} own`}</p>
        </>
      )}
    </div>
  );
}
