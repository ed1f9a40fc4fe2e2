// The flame graph with its bar of settings. The old graph stays, dimmed after a moment, until the new
// one is there: a follow-up that takes a few milliseconds does not flicker.
import { Button, NativeSelect, SegmentedControl } from "@mantine/core";
import { useCallback, useMemo, useState } from "react";
import { FlameCanvas, type HoveredFrame } from "../../canvas/FlameCanvas";
import { ApiError } from "../../api/client";
import { formatPlural } from "../../lib/format";
import { nameOf, type FlameTree } from "../../model/flameTree";
import { colourLegend, frameColours, type LegendEntry } from "../../model/frameColour";
import type { SearchResult } from "../../model/search";
import { zoomPath } from "../../model/zoomPath";
import type { ChangeExplorer } from "../../state/useExplorer";
import type { ColourMode, ExplorerState } from "../../types/explorer";
import type { Scheme } from "../../types/scheme";
import { ROOT, type NodeId } from "../../types/units";
import type { NamedFilter } from "../../types/wire";
import { Loading } from "../Loading";
import { ErrorNotice } from "../Notice";
import { FilterCostText } from "./FilterSelect";
import { FlameTooltip } from "./FlameTooltip";
import { FrameTable } from "./ScreenReaderTables";
import classes from "./explore.module.css";

const COLOUR_NAMES: Readonly<Record<ColourMode, string>> = {
  kind: "Kind",
  library: "Library",
  name: "Name",
  tier: "JavaScript tier",
};

const RANGE_NOT_SATISFIABLE = 416;

interface FlamePanelProps {
  readonly tree: FlameTree | undefined;
  readonly search: SearchResult | undefined;
  readonly zoom: NodeId;
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
  readonly scheme: Scheme;
  readonly filters: readonly NamedFilter[];
  readonly isBehind: boolean;
  readonly error: Error | null;
  readonly retry: () => void;
}

export function FlamePanel(props: FlamePanelProps) {
  const { tree, error, isBehind, retry, change } = props;
  const outside = error instanceof ApiError && error.status === RANGE_NOT_SATISFIABLE;
  return (
    <section className={classes.flamePanel} aria-label="Why">
      <FlameBar {...props} />
      <div className={classes.flame} data-testid="flamegraph-panel" data-behind={isBehind} aria-busy={isBehind}>
        {error && !isBehind ? (
          <ErrorNotice
            title="No flame graph"
            error={error}
            retry={outside ? () => change({ range: undefined }) : retry}
            label={outside ? "Show the whole profile" : undefined}
          />
        ) : tree ? (
          <FlameView {...props} tree={tree} />
        ) : (
          <Loading label="Drawing the flame graph" />
        )}
      </div>
    </section>
  );
}

function FlameBar({ tree, zoom, state, change, scheme, filters }: FlamePanelProps) {
  const legend = useMemo(() => (tree ? colourLegend(tree, state.colour, scheme) : []), [tree, state.colour, scheme]);
  return (
    <div className={classes.bar}>
      <SegmentedControl
        aria-label="Layout"
        value={state.layout}
        data={[
          { value: "flame", label: "Flame" },
          { value: "icicle", label: "Icicle" },
        ]}
        onChange={(value) => change({ layout: value }, "replace")}
        data-testid="layout"
      />
      <Button disabled={state.zoom === ""} onClick={() => change({ zoom: "" })} title="Esc" data-testid="reset-zoom">
        Reset zoom
      </Button>
      <label className={classes.field}>
        Colour
        <NativeSelect
          value={state.colour}
          data={Object.entries(COLOUR_NAMES).map(([value, label]) => ({ value, label }))}
          onChange={({ currentTarget }) => change({ colour: currentTarget.value as ColourMode }, "replace")}
          data-testid="colour"
        />
      </label>
      <Legend entries={legend} />
      {tree && zoom !== ROOT && (
        <span className={classes.zoomed} data-testid="zoomed" title={nameOf(tree, zoom)}>
          zoomed: <bdi>{nameOf(tree, zoom)}</bdi>
        </span>
      )}
      <span className={classes.space} />
      {tree?.filtered && (
        <FilterCostText filters={filters} value={state.filter} cost={tree.filtered} samples={tree.samples} />
      )}
    </div>
  );
}

function Legend({ entries }: { readonly entries: readonly LegendEntry[] }) {
  return (
    <ul className={classes.kinds} aria-label="Colours" data-testid="colour-legend">
      {entries.map(({ label, colour }) => (
        <li key={`${label} ${colour}`}>
          <span style={{ background: colour }} />
          {label}
        </li>
      ))}
    </ul>
  );
}

function FlameView({ tree, search, zoom, state, change, scheme, isBehind }: FlamePanelProps & { tree: FlameTree }) {
  const [hovered, setHovered] = useState<HoveredFrame & { readonly tree: FlameTree }>();
  const colours = useMemo(() => frameColours(tree, state.colour, scheme), [tree, state.colour, scheme]);
  const onHover = useCallback(
    (frame: HoveredFrame | undefined) => setHovered(frame && { ...frame, tree }),
    [tree],
  );
  const onZoom = useCallback((node: NodeId) => change({ zoom: zoomPath(tree, node) }), [tree, change]);
  return (
    <>
      <div className={classes.drawing} data-behind={isBehind}>
        <FlameCanvas
          tree={tree}
          colours={colours}
          scheme={scheme}
          layout={state.layout}
          search={search}
          zoom={zoom}
          description={`Flame graph of ${formatPlural(tree.samples, "sample")}`}
          onHover={onHover}
          onZoom={onZoom}
        />
      </div>
      {tree.samples === 0 && (
        <p className={classes.nothing} data-testid="no-samples">
          No samples in this range.
        </p>
      )}
      {hovered?.tree === tree && <FlameTooltip tree={tree} hovered={hovered} />}
      <FrameTable tree={tree} />
    </>
  );
}
