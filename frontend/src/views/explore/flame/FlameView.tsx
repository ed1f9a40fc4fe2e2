// The flame graph itself with its tooltip.
import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { memo, useDeferredValue, useCallback, useMemo, useState } from "react";
import { FlameCanvas, type HoveredFrame } from "../../../canvas/FlameCanvas";
import { formatAmount, formatPlural } from "../../../lib/format";
import { collapseRuns, drawnAt, keepZoom, runKey } from "../../../model/flame/layout/collapse";
import { nameOf, type FlameTree } from "../../../model/flame/flameTree";
import type { SearchResult } from "../../../model/flame/search";
import { visible } from "../../../model/flame/frames/displayName";
import { zoomPath } from "../../../model/flame/layout/zoomPath";
import type { ChangeExplorer } from "../../../state/explorer/useExplorer";
import { ALL_EVENTS, leavesOut, WHOLE_CUT, type Compare, type ExplorerState } from "../../../types/explorer";
import type { Scheme } from "../../../types/scheme";
import { nodeId, ROOT, type NodeId } from "../../../types/units";
import { FlameTooltip } from "./FlameTooltip";
import { framePaint } from "./framePaint";
import type { FrameMenuAt } from "./FrameMenu";
import { FrameTable } from "../ScreenReaderTables";
import classes from "../explore.module.css";

/** As in explore.module.css. */
const NARROW = "(max-width: 1099px)";

export interface TreeViewProps {
  readonly tree: FlameTree;
  readonly search: SearchResult | undefined;
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
  readonly scheme: Scheme;
  readonly onMenu: (at: FrameMenuAt) => void;
}

/** No stack is of one side alone: the other side may have some. */
function OnlySide({ compare, change }: Pick<TreeViewProps, "change"> & { readonly compare: Compare }) {
  const [empty, other] = compare.flip ? ["A", "B"] : ["B", "A"];
  return (
    <>
      {`${empty} has no stacks of its own.`}
      <Button onClick={() => change({ compare: { ...compare, flip: !compare.flip } })} data-testid="other-side">
        {`Show those only in ${other}`}
      </Button>
    </>
  );
}

/** The side that a graph of new stacks draws. */
function newSide(compare: Compare | undefined): "A" | "B" | undefined {
  if (compare?.kind !== "elided") return undefined;
  return compare.flip ? "A" : "B";
}

interface FlameViewProps extends TreeViewProps {
  readonly zoom: NodeId;
  /** Another tree may come with every move. */
  readonly live: boolean;
  /** Idle samples of a profile that has no others; 0 for any other profile. */
  readonly onlyIdle: number;
}

export const FlameView = memo(function FlameView({ tree, search, zoom, state, change, scheme, live, onlyIdle, onMenu }: FlameViewProps) {
  const [hovered, setHovered] = useState<HoveredFrame & { readonly tree: FlameTree }>();
  // The rows for screen readers are made at the end of a drag, when there is time.
  const [rested, setRested] = useState(tree);
  if (!live && rested !== tree) setRested(tree);
  const listed = useDeferredValue(rested);
  const { colour, differencePalette } = state;
  // The page scrolls there, and the root would be below the window's edge.
  const narrow = useMediaQuery(NARROW, false, { getInitialValueInEffect: false }) ?? false;
  const layout = state.layout === "auto" && narrow ? "icicle" : state.layout;
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const runs = useMemo(
    () => (state.runs === "collapsed" ? collapseRuns(tree, { opened, search, zoom: ROOT }) : undefined),
    [tree, state.runs, opened, search],
  );
  const collapsed = useMemo(() => runs && keepZoom(tree, runs, { opened, search, zoom }), [tree, runs, opened, search, zoom]);
  const drawn = collapsed?.tree ?? tree;
  const paint = useMemo(
    () => framePaint(drawn, { colour, differencePalette }, scheme),
    [drawn, colour, differencePalette, scheme],
  );
  const onHover = useCallback((frame: HoveredFrame | undefined) => setHovered(frame && { ...frame, tree: drawn }), [drawn]);
  const onZoom = useCallback(
    (node: NodeId) => {
      const source = nodeId(collapsed?.source[node] ?? node);
      if ((collapsed?.run[node] ?? 1) > 1) setOpened((before) => new Set([...before, runKey(tree, source)]));
      else change({ zoom: zoomPath(tree, source) });
    },
    [tree, collapsed, change],
  );
  const onJump = useCallback((node: NodeId) => change({ zoom: zoomPath(tree, nodeId(collapsed?.source[node] ?? node)) }), [tree, collapsed, change]);
  const onFrameMenu = useCallback(
    (node: NodeId, x: number, y: number) => {
      const source = nodeId(collapsed?.source[node] ?? node);
      onMenu({ name: nameOf(tree, source), library: tree.libraries[tree.frame[source]!] ?? "", node: source, x, y });
    },
    [tree, collapsed, onMenu],
  );
  const onFit = useCallback(() => change({ fit: true }, "replace"), [change]);
  return (
    <div className={classes.view}>
      <div className={classes.drawing}>
        <FlameCanvas
          tree={drawn}
          {...paint}
          scheme={scheme}
          layout={layout}
          fit={state.fit}
          onFit={onFit}
          run={collapsed?.run}
          search={search}
          zoom={collapsed ? drawnAt(collapsed, zoom) : zoom}
          description={`${state.compare ? "Comparing flame graph" : "Flame graph"} of ${formatAmount(tree.samples, tree.unit)}`}
          onHover={onHover}
          onZoom={onZoom}
          onJump={onJump}
          onMenu={onFrameMenu}
        />
      </div>
      {tree.total[ROOT] === 0 && (
        <div className={classes.nothing} data-testid="no-samples">
          {onlyIdle > 0 ? (
            <Button onClick={() => change({ idle: true })} data-testid="include-idle">
              {`Include ${formatPlural(onlyIdle, "idle sample")}`}
            </Button>
          ) : state.compare?.kind === "elided" ? (
            <OnlySide compare={state.compare} change={change} />
          ) : leavesOut(state) ? (
            <>
              No sample here passes the filters.
              <Button onClick={() => change({ ...WHOLE_CUT, filter: state.filter, event: state.event })} data-testid="show-all">
                Clear them
              </Button>
            </>
          ) : state.event.length > 0 && !state.event.includes(ALL_EVENTS) ? (
            <>
              <span>
                {state.event.length > 1 ? "No samples of events " : "No samples of event "}
                <bdi>{visible(state.event.join(", "))}</bdi>
                {state.range ? " in this range." : "."}
              </span>
              <Button onClick={() => change({ event: [] })} data-testid="main-event">
                Show the main event
              </Button>
            </>
          ) : (
            "No samples in this range."
          )}
        </div>
      )}
      {hovered?.tree === drawn && <FlameTooltip tree={drawn} run={collapsed?.run[hovered.node] ?? 1} hovered={hovered} flipped={state.compare?.flip ?? false} side={newSide(state.compare)} />}
      <FrameTable tree={listed} />
    </div>
  );
});
