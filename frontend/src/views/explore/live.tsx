// Parts of the screen that follow the pointer during a drag. Only these render with a move, or with its answer, and
// not the components around them.
import { useEffect, useState, type ReactNode } from "react";
import { useSignal, type Signal } from "../../state/signal";
import type { FollowedGraph } from "../../state/explorer/flamegraph";
import type { ExplorerState } from "../../types/explorer";
import { useLaterTree, type ShownTree } from "./flame/useFlameTree";
import { useLiveSelection, type Selection } from "./useSelection";
import classes from "./explore.module.css";

/** Follow-ups that take less than this do not dim the old graph. */
const DIM_MS = 200;

interface LiveSelectionProps<Known> {
  readonly selection: Known;
  readonly children: (now: Known) => ReactNode;
}

export function LiveSelection<Known extends Selection | undefined>({ selection, children }: LiveSelectionProps<Known>) {
  return children(useLiveSelection(selection));
}

interface WithSignalProps<Value> {
  readonly signal: Signal<Value>;
  readonly children: (now: Value) => ReactNode;
}

export function WithSignal<Value>({ signal, children }: WithSignalProps<Value>) {
  return children(useSignal(signal));
}

interface LaterTreeProps {
  readonly graph: FollowedGraph;
  readonly state: ExplorerState;
  readonly children: (shown: ShownTree) => ReactNode;
}

export function LaterTree({ graph, state, children }: LaterTreeProps) {
  return children(useLaterTree(graph, state));
}

/** The frame of the graph: marks it as behind the selection, and dims it where that takes long. */
export function GraphFrame({ graph, children }: { readonly graph: FollowedGraph; readonly children: ReactNode }) {
  const behind = useSignal(graph.liveBehind) || graph.isBehind;
  const late = useLate(behind, useSignal(graph.liveAnswer));
  return (
    <div className={classes.flame} data-testid="flamegraph-panel" data-behind={behind} data-late={late} aria-busy={behind}>
      {children}
    </div>
  );
}

/** Whether nothing has come for a while. A graph that still follows the pointer, with a delay, is not late. */
function useLate(behind: boolean, newest: unknown): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!behind) return;
    const timer = setTimeout(() => setLate(true), DIM_MS);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [behind, newest]);
  return late && behind;
}
