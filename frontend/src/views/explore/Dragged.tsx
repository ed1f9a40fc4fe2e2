// Parts of the screen that show what is under the pointer while somebody drags: only these render with a move,
// or with the answer to it, and not the components that they stand in.
import { useMemo, type ReactNode } from "react";
import { HeatmapCanvas, type HeatmapCanvasProps } from "../../canvas/HeatmapCanvas";
import type { MarkedRange } from "../../canvas/paintSelection";
import { tickCount } from "../../model/heatmap/heatmap";
import { useRested } from "../../state/heatmap";
import { useMoving, type Moving } from "../../state/moving";
import type { FollowedGraph } from "../../state/flamegraph";
import type { ExplorerState } from "../../types/explorer";
import type { Tick } from "../../types/units";
import { useDraggedTree, type ShownTree } from "./flame/useFlameTree";
import { useDragged, type Selection } from "./useSelection";
import classes from "./explore.module.css";

/** Follow-ups that take less than this do not dim the old graph. */
const DIM_MS = 200;

interface DraggedProps<Known> {
  readonly selection: Known;
  readonly children: (now: Known) => ReactNode;
}

export function Dragged<Known extends Selection | undefined>({ selection, children }: DraggedProps<Known>) {
  return children(useDragged(selection));
}

interface UnderPointerProps<Value> {
  readonly moving: Moving<Value>;
  readonly children: (now: Value) => ReactNode;
}

export function UnderPointer<Value>({ moving, children }: UnderPointerProps<Value>) {
  return children(useMoving(moving));
}

interface DraggedTreeProps {
  readonly graph: FollowedGraph;
  readonly state: ExplorerState;
  readonly children: (shown: ShownTree) => ReactNode;
}

export function DraggedTree({ graph, state, children }: DraggedTreeProps) {
  return children(useDraggedTree(graph, state));
}

/** Around the graph: says whether it shows the selection yet, and dims it where that takes long. */
export function GraphFrame({ graph, children }: { readonly graph: FollowedGraph; readonly children: ReactNode }) {
  const behind = useMoving(graph.draggedBehind) || graph.isBehind;
  const late = useRested(behind, DIM_MS) && behind;
  return (
    <div className={classes.flame} data-testid="flamegraph-panel" data-behind={behind} data-late={late} aria-busy={behind}>
      {children}
    </div>
  );
}

interface DraggedCanvasProps extends Omit<HeatmapCanvasProps, "ranges" | "hovered"> {
  readonly selection: Selection;
  /** The second selection on this heatmap, while two are compared. */
  readonly second: Selection | undefined;
  /** A range for a side that is not compared yet. */
  readonly draft: Moving<MarkedRange | undefined>;
  readonly pointer: Moving<Tick | undefined>;
  readonly compared: boolean;
}

export function DraggedCanvas({ selection, second, draft, pointer, compared, ...props }: DraggedCanvasProps) {
  const { ticks } = useDragged(selection);
  const secondTicks = useDragged(second)?.ticks;
  const drafted = useMoving(draft);
  const hovered = useMoving(pointer);
  const ranges = useMemo(() => {
    const marked: MarkedRange[] = [];
    if (ticks) marked.push({ ticks, label: compared || drafted ? "A" : "" });
    if (secondTicks) marked.push({ ticks: secondTicks, label: "B" });
    else if (drafted) marked.push(drafted);
    return marked;
  }, [ticks, secondTicks, compared, drafted]);
  const shown = hovered !== undefined && hovered < tickCount(props.heatmap) ? hovered : undefined;
  return <HeatmapCanvas {...props} ranges={ranges} hovered={shown} />;
}
