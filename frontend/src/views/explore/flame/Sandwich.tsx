// One function with its callers above it and its callees below.
import { Button } from "@mantine/core";
import { useCallback, useMemo, useState } from "react";
import { FlameCanvas, type HoveredFrame } from "../../../canvas/FlameCanvas";
import { formatShare, formatValue } from "../../../lib/format";
import { buildFlameTree, nameOf, type FlameTree } from "../../../model/flame/flameTree";
import { differenceWords, formatMeasured, measureWords, type Measure } from "../../../model/flame/measure";
import { findFunction, functionCounts, functionKey, type FunctionCounts } from "../../../model/flame/functionTable";
import { sandwich } from "../../../model/flame/sandwich";
import { searchTree } from "../../../model/flame/search";
import type { Layout } from "../../../types/explorer";
import { ROOT, type FrameId, type NodeId } from "../../../types/units";
import { Notice } from "../../shared/Notice";
import { FlameTooltip } from "./FlameTooltip";
import { framePaint } from "./framePaint";
import type { TreeViewProps } from "./FlameView";
import classes from "./sandwich.module.css";

export default function Sandwich(props: TreeViewProps) {
  const { tree, state, change } = props;
  const frame = useMemo(() => findFunction(tree, state.callers), [tree, state.callers]);
  const counts = useMemo(() => functionCounts(tree, state.inverted), [tree, state.inverted]);
  const halves = useMemo(() => {
    if (frame === undefined) return undefined;
    const { callers, callees } = sandwich(tree, frame, state.inverted, counts.other?.totalChange[frame]);
    const { measure } = tree;
    return { callers: { ...buildFlameTree(callers), measure }, callees: { ...buildFlameTree(callees), measure } };
  }, [tree, counts, frame, state.inverted]);
  const close = () => change({ callers: "" });
  if (frame === undefined || !halves) {
    return (
      <Notice
        title="No samples of this function here"
        detail={tree.filtered ? `${state.callers}. It may be among the hidden frames.` : state.callers}
        action={{ label: "Back", run: close }}
        testId="sandwich-empty"
      >
        {tree.filtered && (
          <Button onClick={() => change({ filter: "none" })} data-testid="sandwich-unfiltered">
            Show hidden frames
          </Button>
        )}
      </Notice>
    );
  }
  const name = functionKey(tree.names[frame]!, tree.libraries[frame] ?? "");
  const [self, total] = [counts.self[frame]!, counts.total[frame]!];
  return (
    <div className={classes.sandwich} data-testid="sandwich" data-self={self} data-total={total} data-name={tree.names[frame]}>
      <div className={classes.head}>
        <Button onClick={close} title="Esc" data-testid="sandwich-close">
          ← Back
        </Button>
        <strong>
          <bdi>{name}</bdi>
        </strong>
        <span className={classes.dim}>
          {counts.other && tree.measure
            ? sidesWords(tree.measure, counts, frame, state.compare?.flip === true)
            : `${formatValue(total, tree.unit)} total · ${formatShare(total, tree.samples)}, ${formatValue(self, tree.unit)} self · ${formatShare(self, tree.samples)}`}
        </span>
      </div>
      <Half {...props} half={halves.callers} name={name} layout="flame" label="Callers" testId="callers-graph" />
      <Half {...props} half={halves.callees} name={name} layout="icicle" label="Callees" testId="callees-graph" />
    </div>
  );
}

/** Both sides of a comparison, on the base on which they are compared. */
function sidesWords(measure: Measure, { self, total, other }: FunctionCounts, frame: FrameId, flipped: boolean): string {
  const [first, second] = flipped ? ["B", "A"] : ["A", "B"];
  const value = (side: Float64Array) => formatMeasured(side[frame]! * measure.drawn, measure.kind);
  const pair = (one: Float64Array, two: Float64Array, change: Float64Array) =>
    `${first} ${value(one)} · ${second} ${value(two)} · ${differenceWords(change[frame]!, measure)}`;
  const each = measure.base === "second" ? `, ${measureWords(measure)}` : "";
  return `total ${pair(total, other!.total, other!.totalChange)}, self ${pair(self, other!.self, other!.change)}${each}`;
}

interface HalfProps extends TreeViewProps {
  readonly half: FlameTree;
  readonly layout: Layout;
  readonly label: string;
  readonly testId: string;
  /** The function between both halves. */
  readonly name: string;
}

function Half({ half, layout, name, label, testId, state, scheme, onMenu }: HalfProps) {
  const [zoomed, setZoomed] = useState<{ readonly tree: FlameTree; readonly node: NodeId }>();
  const [hovered, setHovered] = useState<HoveredFrame & { readonly tree: FlameTree }>();
  const paint = useMemo(
    () => framePaint(half, { colour: state.colour, differencePalette: state.differencePalette }, scheme),
    [half, state.colour, state.differencePalette, scheme],
  );
  const search = useMemo(() => searchTree(half, state.search), [half, state.search]);
  const onHover = useCallback((frame: HoveredFrame | undefined) => setHovered(frame && { ...frame, tree: half }), [half]);
  const onZoom = useCallback((node: NodeId) => setZoomed({ tree: half, node }), [half]);
  const onFrameMenu = useCallback(
    (node: NodeId, x: number, y: number) =>
      onMenu({ name: nameOf(half, node), library: half.libraries[half.frame[node]!] ?? "", node: undefined, x, y }),
    [half, onMenu],
  );
  return (
    <section className={classes.half} aria-label={label}>
      <h2>{label}</h2>
      <div className={classes.graph}>
        <FlameCanvas
          tree={half}
          {...paint}
          scheme={scheme}
          layout={layout}
          search={search}
          zoom={zoomed?.tree === half ? zoomed.node : ROOT}
          description={`${label} of ${name}`}
          testId={testId}
          onHover={onHover}
          onZoom={onZoom}
          onMenu={onFrameMenu}
        />
      </div>
      {hovered?.tree === half && <FlameTooltip tree={half} hovered={hovered} flipped={state.compare?.flip === true} />}
    </section>
  );
}
