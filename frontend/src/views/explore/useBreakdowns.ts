// Breakdowns of the selection for the column at the right and the lanes. The tables follow a drag, one of them by the
// answers of the flame graph; the words about functions and commands wait until the pointer rests.
import { useBreakdown, useLiveBreakdown, type FollowedBreakdown } from "../../state/explorer/breakdown";
import type { FollowedGraph } from "../../state/explorer/flamegraph";
import { toBreakdownRequest } from "../../state/requests";
import type { BreakdownBy, ExplorerState } from "../../types/explorer";
import type { BreakdownAnswer } from "../../types/wire";
import { rangeUnder, type Selection } from "./useSelection";

/** Rows of a table that shows the first few, and the functions among which the words look. */
export const FEW = 50;
/** Lanes: more of them than that are counted together. */
const MOST_LANES = 2000;

export interface Breakdowns {
  /** The property of the table. */
  readonly whoBy: BreakdownBy;
  readonly who: FollowedBreakdown;
  readonly lanes: FollowedBreakdown;
  /** Why there are no lanes. */
  readonly lanesError: Error | null;
  /** Of the whole profile. */
  readonly wholeLanes: BreakdownAnswer | undefined;
  readonly commands: BreakdownAnswer | undefined;
  readonly functions: BreakdownAnswer | undefined;
  readonly threads: BreakdownAnswer | undefined;
  readonly cpus: BreakdownAnswer | undefined;
}

/** What the moves of a drag ask for besides the flame graph: the lanes, else the table. */
export function liveBreakdown({ who }: ExplorerState, lanesBy: BreakdownBy | undefined) {
  if (lanesBy !== undefined) return { by: lanesBy, limit: MOST_LANES };
  return { by: tableBy(who, lanesBy), limit: FEW };
}

function tableBy(who: ExplorerState["who"], lanesBy: BreakdownBy | undefined): BreakdownBy {
  return who === "auto" ? (lanesBy ?? "function") : who;
}

/**
 * @param lanesBy undefined where there are no lanes
 * @param ready whether the profile is open and has the range: asking before would only wait beside the heatmap
 * @param graph brings `liveBreakdown` during a drag; undefined where it does not
 */
export function useBreakdowns(
  state: ExplorerState,
  selection: Selection,
  lanesBy: BreakdownBy | undefined,
  ready: boolean,
  graph: FollowedGraph | undefined,
): Breakdowns {
  const { live } = selection;
  const request = (by: BreakdownBy, limit: number) => toBreakdownRequest(state, by, limit, state.range);
  const follow = (by: BreakdownBy, limit: number, follows: boolean) => ({
    live: live && follows,
    signals: [selection.dragRange],
    request: () => toBreakdownRequest(state, by, limit, rangeUnder(selection)),
  });
  const by = lanesBy ?? "comm";
  const whoBy = tableBy(state.who, lanesBy);
  const shared = whoBy === lanesBy;
  const hasLanes = ready && lanesBy !== undefined;
  const lanes = useLiveBreakdown(request(by, MOST_LANES), follow(by, MOST_LANES, hasLanes), hasLanes, graph);
  const hasTable = ready && !shared;
  const who = useLiveBreakdown(request(whoBy, FEW), follow(whoBy, FEW, hasTable), hasTable, hasLanes ? undefined : graph);
  const whole = useBreakdown(toBreakdownRequest(state, by, MOST_LANES, undefined), hasLanes);
  const commands = useBreakdown(request("comm", FEW), ready && !live);
  const functions = useBreakdown(request("function", FEW), ready && !live);
  const threads = useBreakdown(request("thread", FEW), ready && !live);
  const cpus = useBreakdown(request("cpu", FEW), ready && !live);
  return {
    whoBy,
    who: shared ? lanes : who,
    lanes,
    lanesError: lanes.error ?? whole.error,
    wholeLanes: whole.data,
    commands: commands.data,
    functions: functions.data,
    threads: threads.data,
    cpus: cpus.data,
  };
}
