// The flame graph of a report with its tooltip: zoom, collapsed runs and search as in the explorer.
import { useCallback, useMemo, useState } from "react";
import { FlameCanvas, type HoveredFrame } from "../canvas/FlameCanvas";
import { formatAmount } from "../lib/format";
import { collapseRuns, drawnAt, keepZoom, runKey } from "../model/flame/layout/collapse";
import { nameOf, type FlameTree } from "../model/flame/flameTree";
import { displayName } from "../model/flame/frames/displayName";
import type { SearchResult } from "../model/flame/search";
import { findZoom } from "../model/flame/layout/zoomPath";
import type { ExplorerState } from "../types/explorer";
import type { Scheme } from "../types/scheme";
import { nodeId, ROOT, type NodeId } from "../types/units";
import { framePaint } from "../views/explore/flame/framePaint";
import { FlameTooltip } from "../views/explore/flame/FlameTooltip";

interface ReportFlameProps {
  readonly tree: FlameTree;
  readonly state: ExplorerState;
  readonly scheme: Scheme;
  readonly search: SearchResult | undefined;
}

const nothing = () => undefined;

export function ReportFlame({ tree, state, scheme, search }: ReportFlameProps) {
  const [hovered, setHovered] = useState<HoveredFrame>();
  const [zoom, setZoom] = useState<NodeId>(() => findZoom(tree, state.zoom));
  const [fit, setFit] = useState(state.fit);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const collapsed = useMemo(() => {
    if (state.runs !== "collapsed") return undefined;
    const runs = collapseRuns(tree, { opened, search, zoom: ROOT });
    return runs && keepZoom(tree, runs, { opened, search, zoom });
  }, [tree, state.runs, opened, search, zoom]);
  const drawn = collapsed?.tree ?? tree;
  const paint = useMemo(() => framePaint(drawn, state, scheme), [drawn, state, scheme]);
  const onHover = useCallback((frame: HoveredFrame | undefined) => setHovered(frame), []);
  const onZoom = useCallback(
    (node: NodeId) => {
      const source = nodeId(collapsed?.source[node] ?? node);
      if ((collapsed?.run[node] ?? 1) > 1) setOpened((before) => new Set([...before, runKey(tree, source)]));
      else setZoom(source);
      setHovered(undefined);
    },
    [tree, collapsed],
  );
  return (
    <section className="flame" aria-label="Why">
      {zoom !== ROOT && (
        <p className="zoomed">
          <button type="button" onClick={() => setZoom(ROOT)} data-testid="report-reset">
            Reset zoom
          </button>{" "}
          <bdi>{displayName(nameOf(tree, zoom), "")}</bdi>
        </p>
      )}
      <div className="drawing">
        <FlameCanvas
          tree={drawn}
          {...paint}
          scheme={scheme}
          layout={state.layout}
          fit={fit}
          onFit={() => setFit(true)}
          run={collapsed?.run}
          search={search}
          zoom={collapsed ? drawnAt(collapsed, zoom) : zoom}
          description={`Flame graph of ${formatAmount(tree.samples, tree.unit)}`}
          onHover={onHover}
          onZoom={onZoom}
          onMenu={nothing}
        />
      </div>
      {hovered && hovered.node < drawn.nodeCount && <FlameTooltip tree={drawn} run={collapsed?.run[hovered.node] ?? 1} hovered={hovered} flipped={false} />}
    </section>
  );
}
