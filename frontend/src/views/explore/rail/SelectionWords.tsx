// The selection in words: how long, how busy, who, which function, and what it has more of than the rest. Each part is a
// link that filters, searches or compares.
import type { ReactNode } from "react";
import { formatCount, formatDuration, formatShare } from "../../../lib/format";
import { busyWords } from "../../../model/breakdown/busyWords";
import { breakdownRows, formatPoints } from "../../../model/breakdown/rows";
import { leaders, mostChanged, mostSelf, spreadOf } from "../../../model/breakdown/selectionWords";
import { visible } from "../../../model/flame/displayName";
import { useSignal } from "../../../state/signal";
import type { ChangeExplorer } from "../../../state/useExplorer";
import { NEW_COMPARISON, type ExplorerState } from "../../../types/explorer";
import { chosenOf, isFacet } from "../../../types/facets";
import type { Breakdowns } from "../useBreakdowns";
import { use } from "./WhoTable";
import classes from "./rail.module.css";

interface SelectionWordsProps {
  readonly breakdowns: Breakdowns;
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
}

export function SelectionWords({ breakdowns, state, change }: SelectionWordsProps) {
  const { whoBy, who, functions: rested } = breakdowns;
  const live = useSignal(who.liveAnswer);
  // Rows by command, thread or CPU do not honour their own filter, functions honour all of them.
  const filtered = isFacet(whoBy) && chosenOf(state, whoBy).length > 0;
  const answer = (filtered ? undefined : live) ?? rested;
  if (!answer) return null;
  const commands = leaders(breakdowns.commands ? breakdownRows(breakdowns.commands) : [], state.comm);
  const threads = spreadOf(breakdowns.threads, state.tid);
  const cpusUsed = spreadOf(breakdowns.cpus, state.cpu);
  const functions = breakdowns.functions ? breakdownRows(breakdowns.functions) : [];
  const [self, more] = [mostSelf(functions), mostChanged(functions)];
  const all = breakdowns.functions?.samples ?? 0;
  const { busy, cpus, seconds } = answer;
  return (
    <>
      {busy !== null && <BusyBar busy={busy} cpus={cpus} onClick={() => change({ heat: "busy" }, "replace")} />}
      {/* They are of the range before the drag. */}
      <p className={classes.words} data-testid="selection-words" data-stale={live !== undefined} data-seconds={seconds}>
        <span>{formatDuration(seconds)}</span>
        {commands.length > (state.comm.length > 0 ? 0 : 1) && (
          <span>
            {" · "}
            {commands.map((row, place) => (
              <span key={row.value}>
                {place > 0 && ", "}
                <Link kind="command" value={row.value} onClick={() => use(row, state, change, "comm")} title="Only this command, or all again">
                  {row.label}
                </Link>
                {` ${formatShare(row.samples, breakdowns.commands!.samples)}`}
              </span>
            ))}
          </span>
        )}
        {threads && (
          <span>
            {" · "}
            <Link kind="threads" value={String(threads.count)} onClick={() => change({ who: "thread" }, "replace")} title="List the threads">
              {threads.only ? `one thread, ${threads.only.value}` : `${formatCount(threads.count)} threads`}
            </Link>
            {cpusUsed && " on "}
          </span>
        )}
        {cpusUsed && (
          <span>
            {!threads && " · on "}
            <Link kind="cpus" value={String(cpusUsed.count)} onClick={() => change({ who: "cpu" }, "replace")} title="List the CPUs">
              {cpusUsed.only ? `CPU ${cpusUsed.only.value}` : `${formatCount(cpusUsed.count)} CPUs`}
            </Link>
          </span>
        )}
        {self && (
          <span>
            {" · most self: "}
            <Link kind="function" value={self.value} onClick={() => change({ search: self.value })} title="Search for it">
              {self.label}
            </Link>
            {` ${formatShare(self.self, all)}`}
          </span>
        )}
        {more && (
          <span>
            {" · more than in the rest: "}
            <Link
              kind="compare"
              value={more.value}
              onClick={() => change({ compare: { ...NEW_COMPARISON, rest: true }, search: more.value, zoom: "" })}
              title="Compare with the rest of the profile"
            >
              {more.label}
            </Link>
            {` ${formatPoints(more.selfChange!)} points`}
          </span>
        )}
      </p>
    </>
  );
}

interface LinkProps {
  readonly kind: "command" | "function" | "compare" | "threads" | "cpus";
  readonly value: string;
  readonly onClick: () => void;
  readonly title: string;
  readonly children: string;
}

function Link({ kind, value, onClick, title, children }: LinkProps): ReactNode {
  return (
    <button type="button" className={classes.link} onClick={onClick} title={`${children}: ${title}`} data-testid={`words-${kind}`} data-value={value}>
      <bdi>{visible(children)}</bdi>
    </button>
  );
}

interface BusyBarProps {
  readonly busy: number;
  readonly cpus: number | null;
  readonly onClick: () => void;
}

function BusyBar({ busy, cpus, onClick }: BusyBarProps) {
  return (
    <button type="button" className={classes.busyBar} onClick={onClick} title="Colour the heatmap by busy CPUs" data-testid="words-busy" data-busy={busy} data-cpus={cpus ?? undefined}>
      {cpus !== null && (
        <span className={classes.track} aria-hidden>
          <span style={{ width: `${Math.min(100, (100 * busy) / cpus)}%` }} />
        </span>
      )}
      <span>{`${busyWords(busy, cpus)} busy`}</span>
    </button>
  );
}
