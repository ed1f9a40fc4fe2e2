// The column at the right, which answers before anyone asks: what is selected, who it was, and what stands out.
import { useState } from "react";
import type { ChangeExplorer } from "../../../state/explorer/useExplorer";
import type { ExplorerState } from "../../../types/explorer";
import { laneCount } from "../../../model/lanes/laneKind";
import { OwnChanges } from "../compare/OwnChanges";
import { PlayButtons } from "../heatmap/PlayButtons";
import { Notes } from "../notes/Notes";
import type { ExplorerData } from "../useExplorerData";
import { FindingsList } from "./FindingsList";
import { SelectionWords } from "./SelectionWords";
import { Summary } from "./Summary";
import { WhoTable } from "./WhoTable";
import { useSteadyHeight } from "./useSteadyHeight";
import classes from "./rail.module.css";

interface RailProps {
  readonly data: ExplorerData;
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
  /** Whether the second of two compared ones is a range of the same profile. */
  readonly here: boolean;
}

export function Rail({ data, state, change, here }: RailProps) {
  const { heatmap, selection, second, source, flame, info, breakdowns, lanesBy } = data;
  const compared = state.compare !== undefined;
  const known = heatmap && {
    heatmap,
    request: source.request,
    unit: data.cellUnit,
    periodUnit: info.data?.periodUnit ?? "periods",
  };
  const expected = info.data && lanesBy && lanesBy === breakdowns.whoBy ? laneCount(info.data, lanesBy) : 0;
  const [writing, setWriting] = useState(false);
  const room = useSteadyHeight<HTMLElement>(compared ? "compared" : "");
  return (
    <aside className={classes.rail} aria-label="Selection and findings" data-testid="rail">
      {state.compare && !state.compare.rest && <OwnChanges state={state} compare={state.compare} change={change} answer={data.comparison.isBehind ? undefined : data.comparison.data} />}
      <section ref={room} className={`${classes.part} ${classes.selection}`} data-timed={info.data?.timed} aria-label="Selection">
        {known && !data.heatmapQuery.isError && (
          <>
            {/* Where an edge runs through cells, only the server can count the samples. */}
            <Summary {...known} selection={selection} graph={compared ? undefined : flame} label={compared ? "A" : ""}>
              <PlayButtons selection={selection} isBehind={data.shown.isBehind} />
            </Summary>
            {here && <Summary {...known} selection={second} label="B" />}
          </>
        )}
        <div className={classes.details}>
          {!data.unanswerable && <SelectionWords breakdowns={breakdowns} state={state} change={change} frames={flame.data?.frames} />}
        </div>
      </section>
      {!data.unanswerable && <WhoTable by={breakdowns.whoBy} breakdown={breakdowns.who} expected={expected} info={info.data} frames={flame.data?.frames} state={state} change={change} />}
      <FindingsList query={data.findings} held={writing} pointed={data.found.pointed} state={state} change={change} />
      {data.notes.data && <Notes notes={data.notes.data.notes} writing={writing} onWriting={setWriting} state={state} range={selection.range} columns={heatmap?.seconds ?? 0} />}
    </aside>
  );
}
