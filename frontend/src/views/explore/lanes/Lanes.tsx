// The lanes below the heatmap: one for each value of a property, on the same time axis. Their numbers and order follow
// the selection, also during a drag.
import { Button } from "@mantine/core";
import { useEffect, useMemo, useState } from "react";
import { LANES_PAINTED, markPresented } from "../../../canvas/presented";
import { breakdownRows, ownRoles } from "../../../model/breakdown/rows";
import { LANE } from "../../../model/lanes/laneLayout";
import { laneRows, type LaneRow } from "../../../model/lanes/laneRows";
import { useSignal } from "../../../state/signal";
import { chosenOf } from "../../../types/facets";
import type { BreakdownAnswer } from "../../../types/wire";
import { LaneList } from "./LaneList";
import type { LanesProps } from "./lanesProps";
import { LanesEdge } from "./LanesEdge";
import classes from "./lanes.module.css";

export function Lanes({ breakdowns, unanswerable, height, onHeight, ...props }: LanesProps) {
  const { by, state } = props;
  const { wholeLanes, lanes } = breakdowns;
  const live = useSignal(lanes.liveAnswer);
  const [frozen, setFrozen] = useState<readonly LaneRow[]>();
  const selected = live ?? lanes.data;
  const rows = useMemo(
    () => (wholeLanes?.by === by && selected?.by === by ? laneRows(wholeLanes, selected, state.lanesSort) : undefined),
    [wholeLanes, selected, by, state.lanesSort],
  );
  const own = useMemo(() => ownRoles(wholeLanes ? breakdownRows(wholeLanes) : [], by), [wholeLanes, by]);
  const range = live?.range;
  useEffect(() => {
    if (rows && range) markPresented(LANES_PAINTED, { ...range });
  }, [rows, range]);
  const shown = frozen && rows ? inOrderOf(frozen, rows) : rows;
  const awaited = (
    <Awaited height={Math.min(height, heightOf(props.count))} layout={props.layout} onHeight={onHeight} />
  );
  // The answers for the range before must not stand beside an error. Their room stays.
  if (unanswerable) return shown ? awaited : null;
  const failure = breakdowns.lanesError;
  if (failure && !shown) {
    // The table beside the heatmap shows the same answer, or its error.
    const told = breakdowns.who.error?.message === failure.message;
    return (
      <div className={classes.note} role="alert" data-testid="lanes-error">
        {told ? "No lanes. " : `No lanes: ${failure.message} `}
        <Button onClick={lanes.retry}>Try again</Button>
      </div>
    );
  }
  if (!shown || !selected) return awaited;
  const chosen = chosenOf(state, by);
  return (
    <section aria-label="Lanes" data-testid="lanes" data-by={by} data-count={shown.length} data-samples={selected.samples}>
      <LaneList
        {...props}
        rows={shown}
        own={own}
        chosen={chosen}
        height={Math.min(height, heightOf(shown.length))}
        // The lane under the pointer stays there.
        onDragging={(dragging) => setFrozen(dragging ? shown : undefined)}
      />
      <Others answer={wholeLanes} />
      <LanesEdge height={Math.min(height, heightOf(shown.length))} onHeight={onHeight} />
    </section>
  );
}

interface AwaitedProps extends Pick<LanesProps, "layout" | "onHeight"> {
  readonly height: number;
}

/** Empty lanes with the frames of those to come, so that nothing moves when they are here. */
function Awaited({ height, layout, onHeight }: AwaitedProps) {
  const lanes = Array.from({ length: Math.ceil(height / LANE.height) }, (_, index) => index * LANE.height);
  return (
    <div data-testid="lanes-awaited">
      <div className={classes.awaited} style={{ height }} aria-hidden>
        {lanes.map((top) => (
          <i key={top} style={{ top: top + LANE.heat.top, left: layout.plotLeft, width: layout.plotWidth, height: LANE.heat.height }} />
        ))}
      </div>
      <LanesEdge height={height} onHeight={onHeight} />
    </div>
  );
}

const heightOf = (lanes: number): number => lanes * LANE.height;

/** The present numbers in a former order. */
function inOrderOf(former: readonly LaneRow[], rows: readonly LaneRow[]): readonly LaneRow[] {
  const now = new Map(rows.map((row) => [row.value, row]));
  return former.map((row) => now.get(row.value) ?? row);
}

/** More values than lanes are made for. */
function Others({ answer }: { readonly answer: BreakdownAnswer | undefined }) {
  if (!answer || answer.others.values === 0) return null;
  return (
    <p className={classes.note} data-testid="lanes-others">
      {`${answer.others.values} more, each with fewer samples: filter to see them`}
    </p>
  );
}
