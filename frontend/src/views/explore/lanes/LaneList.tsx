// The names of the lanes as a list of buttons, and their pictures on one canvas behind it. Only the lanes in sight exist.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState, type KeyboardEvent } from "react";
import { MarksCanvas } from "../../../canvas/MarksCanvas";
import { LanesCanvas } from "../../../canvas/LanesCanvas";
import type { PaintedLane } from "../../../canvas/painting/paintLanes";
import { pieceOf, type Piece } from "../../../model/heatmap/heatmap";
import { isJoinable, shownCells, tilesOf } from "../../../model/heatmap/heatmapCells";
import { highestColumn, LANE, LANE_ROWS, rangeEdges } from "../../../model/lanes/laneLayout";
import type { LaneRow } from "../../../model/lanes/laneRows";
import { useLaneCells, type LaneCells } from "../../../state/explorer/laneCells";
import { toLanesRequest } from "../../../state/requests";
import { toggled } from "../../../types/facets";
import { seconds } from "../../../types/units";
import type { HeatmapLayout } from "../../../model/heatmap/layout/heatmapLayout";
import { useFoundRanges, type Found } from "../heatmap/LiveHeatmap";
import { LiveSelection } from "../live";
import { Button } from "@mantine/core";
import { LaneName } from "./LaneName";
import type { LanesProps } from "./lanesProps";
import { useLaneDrag } from "./useLaneDrag";
import classes from "./lanes.module.css";

const OVERSCAN = 3;

interface LaneListProps extends Omit<LanesProps, "breakdowns" | "unanswerable" | "onHeight"> {
  readonly rows: readonly LaneRow[];
  /** Roles of threads that need no number. */
  readonly own: ReadonlySet<string>;
  /** Values that the filter keeps; empty: all. */
  readonly chosen: readonly string[];
  readonly onDragging: (dragging: boolean) => void;
}

export function LaneList(props: LaneListProps) {
  const { rows, chosen, by, heatmap, layout, selection, state, change, scheme, height } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState(0);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LANE.height,
    overscan: OVERSCAN,
    initialRect: { width: layout.width, height },
  });
  const items = virtual.getVirtualItems();
  const inSight = items.map(({ index }) => rows[index]!.value);

  const request = toLanesRequest(state, by, { rows: LANE_ROWS, columnMs: heatmap.columnMs });
  const whole = useLaneCells(request, inSight);
  const { view } = layout;
  const fine = !isJoinable(heatmap.whole, view.merge);
  const parts = fine ? tilesOf(heatmap, view) : [];
  const part = fine && { step: view.merge, range: { start: seconds(parts[0]?.start ?? 0), end: seconds(parts.at(-1)?.end ?? 1) } };
  const tiles = useLaneCells(part ? { ...request, part } : undefined, inSight);

  const placed = items.map(({ index }) => index).join(" ");
  const values = inSight.join("\n");
  const kept = chosen.join("\n");
  const { lanes, maximum, highest } = useMemo(() => {
    const pieces = pieceMap(whole.cells);
    const finer = pieceMap(tiles.cells);
    const shown = inSight.map((value, place): PaintedLane => {
      const piece = pieces.get(value);
      const tile = finer.get(value);
      return {
        index: items[place]!.index,
        cells: piece && shownCells({ whole: piece, tiles: tile ? [tile] : [] }, view, "sum"),
        faint: chosen.length > 0 && !chosen.includes(value),
      };
    });
    const all = [...pieces.values()];
    return {
      lanes: shown,
      maximum: shown.reduce((most, { cells }) => Math.max(most, cells?.maximum ?? 0), 1),
      highest: highestColumn(all) * (view.merge / (all[0]?.step ?? 1)),
    };
    // oxlint-disable-next-line react/exhaustive-deps -- the lists are new with each render, their texts are not
  }, [whole.cells, tiles.cells, view, placed, values, kept]);

  const drag = useLaneDrag({ ...props, scrolled: () => scroller.current?.scrollTop ?? 0 });
  const toggle = (value: string) => change(toggled(state, by, value));
  const walk = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -rows.length, End: rows.length }[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const next = Math.min(Math.max(focused + step, 0), rows.length - 1);
    setFocused(next);
    virtual.scrollToIndex(next);
    // The lane may not exist before it has been scrolled to.
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus());
  };
  // Where the order has become shorter, or the lane has been scrolled away, the first one in sight takes the focus.
  const tabbed = items.some(({ index }) => index === focused) ? focused : (items[0]?.index ?? 0);
  const failed = whole.error ?? tiles.error;
  return (
    <>
      {failed && (
        <div className={classes.note} role="alert" data-testid="lanes-cells-error">
          {`Lanes without a picture: ${failed.message} `}
          <Button onClick={() => (whole.error ? whole.retry() : tiles.retry())}>Try again</Button>
        </div>
      )}
      <div className={classes.frame} style={{ height }}>
        <div ref={scroller} className={classes.scroller} data-testid="lanes-scroller">
          <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
            <LanesCanvas
              {...{ layout, height, lanes, maximum, highest, scheme }}
              palette={state.palette}
              scrolled={virtual.scrollOffset ?? 0}
              {...drag}
            />
            <ul className={classes.names} style={{ width: layout.plotLeft - 6 }} onKeyDown={walk}>
              {items.map(({ index, start }) => {
                const row = rows[index]!;
                return (
                  <LaneName
                    key={row.value}
                    {...{ row, by, own: props.own, index, top: start }}
                    chosen={chosen.includes(row.value)}
                    tabbed={index === tabbed}
                    onFocus={() => setFocused(index)}
                    onToggle={() => toggle(row.value)}
                  />
                );
              })}
            </ul>
          </div>
        </div>
        <MarksCanvas layout={layout} marks={props.marks} scheme={scheme} height={height} top={0} lines={height} heads={false} />
        <FoundColumns layout={layout} found={props.found} />
        <LiveSelection selection={selection}>
          {({ range }) => {
            const edges = range && rangeEdges(layout, range);
            return edges ? <div className={classes.range} style={{ left: edges.left, width: edges.right - edges.left }} aria-hidden /> : null;
          }}
        </LiveSelection>
      </div>
    </>
  );
}

/** The columns of a finding's ranges. */
function FoundColumns({ layout, found }: { readonly layout: HeatmapLayout; readonly found: Found }) {
  const edges = useFoundRanges(found).flatMap((range) => rangeEdges(layout, range) ?? []);
  return edges.map(({ left, right }, place) => <div key={place} className={classes.found} style={{ left, width: right - left }} aria-hidden />);
}

function pieceMap(cells: LaneCells): ReadonlyMap<string, Piece> {
  return new Map([...cells].map(([value, answer]) => [value, pieceOf(answer)]));
}
