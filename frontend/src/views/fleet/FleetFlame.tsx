// The flame graph of the cut, of a range of its heatmap, or its change in a week.
import { Button, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import { FlameCanvas, type HoveredFrame } from "../../canvas/FlameCanvas";
import { formatAmount } from "../../lib/format";
import { displayName } from "../../model/flame/frames/displayName";
import { buildFlameTree, nameOf, type FlameTree } from "../../model/flame/flameTree";
import { searchTree } from "../../model/flame/search";
import { parseExplorer } from "../../state/explorer/explorerUrl";
import { useFleetGraph } from "../../state/fleet/fleet";
import type { ChangeFleet, FleetState } from "../../types/fleet";
import type { ExplorerState } from "../../types/explorer";
import type { Scheme } from "../../types/scheme";
import { ROOT, type NodeId } from "../../types/units";
import { framePaint } from "../explore/flame/framePaint";
import { FlameTooltip } from "../explore/flame/FlameTooltip";
import { Loading } from "../shared/Loading";
import { ErrorNotice } from "../shared/Notice";
import classes from "./fleet.module.css";

interface FleetFlameProps {
  readonly state: FleetState;
  readonly change: ChangeFleet;
  readonly scheme: Scheme;
}

/** The explorer's own defaults of drawing, with the root on top, which is in sight below a heatmap. */
const LOOK: ExplorerState = { ...parseExplorer(new URLSearchParams()), layout: "icicle" };

export function FleetFlame(props: FleetFlameProps) {
  const { data, error, refetch } = useFleetGraph(props.state);
  const tree = useMemo(() => data && buildFlameTree(data), [data]);
  if (error) return <ErrorNotice title="The graph cannot be shown" error={error} retry={() => void refetch()} />;
  return tree ? <Stacks {...props} tree={tree} /> : <Loading label="Counting the stacks" />;
}

const nothing = () => undefined;

function Stacks({ state, change, scheme, tree }: FleetFlameProps & { readonly tree: FlameTree }) {
  const [hovered, setHovered] = useState<HoveredFrame & { readonly tree: FlameTree }>();
  const [zoomed, setZoomed] = useState<{ readonly tree: FlameTree; readonly node: NodeId }>();
  const zoom = zoomed?.tree === tree ? zoomed.node : ROOT;
  const search = useMemo(() => searchTree(tree, state.search), [tree, state.search]);
  const paint = useMemo(() => framePaint(tree, LOOK, scheme), [tree, scheme]);
  return (
    <section aria-label="Stacks" className={classes.flame} data-testid="fleet-flame" data-samples={tree.samples} data-compared={state.compared}>
      <div className={classes.bar}>
        <TextInput type="search" placeholder="Search frames" aria-label="Search frames" value={state.search} onChange={({ currentTarget }) => change({ search: currentTarget.value })} data-testid="fleet-search" />
        <span data-testid="fleet-samples">{formatAmount(tree.samples, tree.unit)}</span>
        {search && <span data-testid="fleet-matched">{`${formatAmount(search.samples, tree.unit)} matched`}</span>}
        {zoom !== ROOT && (
          <>
            <Button onClick={() => setZoomed(undefined)} data-testid="fleet-reset">
              Reset zoom
            </Button>
            <Button onClick={() => change({ ran: nameOf(tree, zoom) })} data-testid="fleet-who-ran">
              Who ran <bdi>{displayName(nameOf(tree, zoom), "")}</bdi>?
            </Button>
          </>
        )}
      </div>
      <div className={classes.drawing}>
        <FlameCanvas
          {...{ tree, scheme, search, zoom }}
          {...paint}
          layout={LOOK.layout}
          fit={LOOK.fit}
          onFit={nothing}
          run={undefined}
          description={`Flame graph of ${formatAmount(tree.samples, tree.unit)}`}
          onHover={(frame) => setHovered(frame && { ...frame, tree })}
          onZoom={(node) => setZoomed({ tree, node })}
          onMenu={nothing}
        />
      </div>
      {hovered?.tree === tree && <FlameTooltip tree={tree} run={1} hovered={hovered} flipped={false} />}
    </section>
  );
}
