// The tooltip of the frame under the pointer. Names are text, whatever they look like.
import type { HoveredFrame } from "../../../canvas/FlameCanvas";
import { formatAmount, formatCount, formatShare, formatValue } from "../../../lib/format";
import { displayName } from "../../../model/flame/frames/displayName";
import { differenceLabel, differenceWords, formatMeasured, measureWords, type Measure } from "../../../model/flame/measure";
import { levelIndex } from "../../../model/flame/layout/flameCursor";
import { cpuTime, nameOf, type FlameTree } from "../../../model/flame/flameTree";
import type { NodeId } from "../../../types/units";
import { useTooltip } from "../useTooltip";
import classes from "../explore.module.css";

interface FlameTooltipProps {
  readonly tree: FlameTree;
  readonly hovered: HoveredFrame;
  /** Frames that the box stands for, one below the other. */
  readonly run?: number;
  /** Whether B stands first in a comparison. */
  readonly flipped: boolean;
  /** The side whose samples alone are drawn; undefined outside of such a comparison. */
  readonly side?: "A" | "B" | undefined;
}

export function FlameTooltip({ tree, hovered, run = 1, flipped, side }: FlameTooltipProps) {
  const { node, merged } = hovered;
  const total = merged > 1 ? mergedTotal(tree, hovered) : tree.total[node]!;
  return (
    <div
      {...useTooltip(hovered)}
      data-testid="flamegraph-tooltip"
      data-merged={merged}
      data-run={run}
      data-name={merged > 1 ? undefined : nameOf(tree, node)}
      data-self={merged > 1 ? undefined : tree.self[node]}
      data-total={total}
      data-delta={merged > 1 ? undefined : tree.delta?.[node]}
    >
      {merged > 1 ? (
        <strong>{`${formatCount(merged)} frames too thin to show`}</strong>
      ) : (
        <FrameLines tree={tree} hovered={hovered} />
      )}
      {run > 1 && <p>{`the first of ${formatCount(run)} frames that call only each other · click to open them`}</p>}
      <p>
        {withTime(formatAmount(total, tree.unit), cpuTime(tree, total))}
        {merged === 1 && ` · ${withTime(`${formatValue(tree.self[node]!, tree.unit)} own`, cpuTime(tree, tree.self[node]!))}`}
      </p>
      {tree.delta && tree.measure ? (
        merged === 1 && <Difference total={total} delta={tree.delta[node]!} measure={tree.measure} flipped={flipped} />
      ) : side !== undefined ? (
        <p>{`${formatShare(total, tree.samples)} of ${side}`}</p>
      ) : (
        <p>
          {`${formatShare(total, tree.samples)} of the selection · ${formatShare(total, tree.profileSamples)} of the profile`}
        </p>
      )}
    </div>
  );
}

function withTime(samples: string, time: string): string {
  return time === "" ? samples : `${samples} (${time})`;
}

interface DifferenceProps {
  readonly total: number;
  readonly delta: number;
  readonly measure: Measure;
  readonly flipped: boolean;
}

/** The values of both sides, on the base on which they are compared. */
function Difference({ total, delta, measure, flipped }: DifferenceProps) {
  const [first, second] = flipped ? ["B", "A"] : ["A", "B"];
  const value = (samples: number) => formatMeasured(Math.max(samples, 0) * measure.drawn, measure.kind);
  const points = differenceLabel(delta, measure);
  return (
    <p>
      {`${first} ${value(total)} · ${second} ${value(total - delta)}`}
      {points === "" ? " · the same" : ` · ${differenceWords(delta, measure)} in ${first}`}
      {measure.base === "second" && `, ${measureWords(measure)}`}
    </p>
  );
}

export function FrameLines({ tree, hovered: { node } }: Pick<FlameTooltipProps, "tree"> & { readonly hovered: { readonly node: NodeId } }) {
  const frame = tree.frame[node]!;
  const library = tree.libraries[frame] ?? "";
  const kind = tree.kinds[frame] ?? "";
  return (
    <>
      <strong>
        <bdi>{displayName(tree.names[frame]!, library)}</bdi>
      </strong>
      {(library !== "" || kind !== "") && (
        <p className={classes.origin}>
          <bdi>{library}</bdi>
          {kind !== "" && <span className={classes.kind}>{kind}</span>}
        </p>
      )}
    </>
  );
}

function mergedTotal(tree: FlameTree, { node, merged }: HoveredFrame): number {
  const from = levelIndex(tree, node);
  let total = 0;
  for (let at = from; at < from + merged; at += 1) total += tree.total[tree.levelNodes[at]!]!;
  return total;
}
