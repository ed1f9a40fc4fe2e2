// The selection in words: how long, how busy, who, which function, and what it has more of than the rest. Each part is a
// link that filters, searches or compares.
import { useMemo, type ReactNode } from "react";
import { formatCount, formatDuration, formatShare, shortened } from "../../../lib/format";
import { busyWords } from "../../../model/breakdown/busyWords";
import { breakdownRows, formatPoints, type BreakdownRow } from "../../../model/breakdown/rows";
import { isGrown, leaders, mostChanged, mostSelf, ownCode, spreadOf } from "../../../model/breakdown/selectionWords";
import { originOf as originOfFrame, type Origin } from "../../../model/flame/frames/frameOrigin";
import { visible } from "../../../model/flame/frames/displayName";
import { plainName } from "../../../model/flame/frames/plainName";
import { useSignal } from "../../../state/signal";
import type { ChangeExplorer } from "../../../state/explorer/useExplorer";
import { NEW_COMPARISON, type ExplorerState } from "../../../types/explorer";
import type { FlameGraphAnswer } from "../../../types/wire";
import { chosenOf, isFacet } from "../../../types/facets";
import type { Breakdowns } from "../useBreakdowns";
import { use } from "./WhoTable";
import classes from "./rail.module.css";

/** Of a name: the words keep to their room. */
const LETTERS = 30;
const COMPARE = "Compare with the rest of the profile";

interface SelectionWordsProps {
  readonly breakdowns: Breakdowns;
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
  /** The shown frames, which tell who wrote a function; undefined until they are known. */
  readonly frames: FlameGraphAnswer["frames"] | undefined;
}

export function SelectionWords({ breakdowns, state, change, frames }: SelectionWordsProps) {
  const originOf = useOrigins(frames);
  const commands = leaders(breakdowns.commands ? breakdownRows(breakdowns.commands) : [], state.comm);
  const threads = spreadOf(breakdowns.threads, state.tid);
  const cpusUsed = spreadOf(breakdowns.cpus, state.cpu);
  const functions = breakdowns.functions ? breakdownRows(breakdowns.functions) : [];
  const all = breakdowns.functions?.samples ?? 0;
  // Own code first, as in findings: the runtime's function below it is not what a reader can change.
  const own = ownCode(functions, originOf);
  const self = mostSelf(functions);
  const more = own && isGrown(own) ? undefined : mostChanged(functions);
  const search = (name: string) => change({ search: name });
  const compare = (name: string) => change({ compare: { ...NEW_COMPARISON, rest: true }, search: name, zoom: "" });
  return (
    <Followed breakdowns={breakdowns} state={state} change={change}>
      {commands.length > (state.comm.length > 0 ? 0 : 1) && (
        <span>
          {" · "}
          {commands.map((row, place) => (
            <span key={row.value}>
              {place > 0 && ", "}
              <Link kind="command" value={row.value} onClick={() => use(row, state, change, "comm")} title="Only this command, or all again">
                {row.label}
              </Link>
              {" "}
              <span className={classes.whole}>{formatShare(row.samples, breakdowns.commands!.samples)}</span>
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
      {own && (
        <Named lead="own code" row={own} share={formatShare(own.samples, all)} kind="own" title="With all that it called. Search for it" onUse={search}>
          {isGrown(own) && (
            <>
              {", "}
              <Link kind="compare" value={own.value} onClick={() => compare(plainName(own.value))} title={COMPARE}>
                {`${formatPoints(own.change!)} points`}
              </Link>
              {" against the rest"}
            </>
          )}
        </Named>
      )}
      {self && (
        <Named lead="most self" row={self} share={formatShare(self.self, all)} kind="function" title="Search for it" onUse={search} />
      )}
      {more && (
        <Named lead="more than in the rest" row={more} share={`${formatPoints(more.selfChange!)} points`} kind="compare" title={COMPARE} onUse={compare} />
      )}
    </Followed>
  );
}

interface FollowedProps extends Omit<SelectionWordsProps, "frames"> {
  /** The words that wait until the pointer rests. */
  readonly children: ReactNode;
}

/** The busy CPUs and the length of the range, which follow a drag. Only this renders with it. */
function Followed({ breakdowns: { whoBy, who, functions: rested }, state, change, children }: FollowedProps) {
  const live = useSignal(who.liveAnswer);
  // Rows by command, thread or CPU do not honour their own filter, functions honour all of them.
  const filtered = isFacet(whoBy) && chosenOf(state, whoBy).length > 0;
  const answer = (filtered ? undefined : live) ?? rested;
  if (!answer) return null;
  const { busy, cpus, seconds } = answer;
  return (
    <>
      {busy !== null && <BusyBar busy={busy} cpus={cpus} onClick={() => change({ heat: "busy" }, "replace")} />}
      {/* They are of the range before the drag. */}
      <p className={classes.words} data-testid="selection-words" data-stale={live !== undefined} data-seconds={seconds}>
        <span>{seconds > 0 ? formatDuration(seconds) : "whole profile"}</span>
        {children}
      </p>
    </>
  );
}

/** Who wrote a function, by its name. */
function useOrigins(frames: FlameGraphAnswer["frames"] | undefined): (name: string) => Origin | undefined {
  const places = useMemo(() => new Map(frames?.name.map((name, place) => [name, place])), [frames]);
  return (name) => {
    const place = places.get(name);
    return place === undefined ? undefined : originOfFrame(name, frames!.library[place]!, frames!.kind[place]!);
  };
}

interface NamedProps {
  readonly lead: string;
  readonly row: BreakdownRow;
  /** Behind the name. */
  readonly share: string;
  readonly kind: "function" | "own" | "compare";
  readonly title: string;
  /** Takes the name without the compiler's tier, which a frame filter removes. */
  readonly onUse: (name: string) => void;
  /** More about it. */
  readonly children?: ReactNode;
}

/** A function that the words name, with its part. */
function Named({ lead, row, share, kind, title, onUse, children }: NamedProps) {
  return (
    <span>
      {` · ${lead}: `}
      <Link kind={kind} value={row.value} onClick={() => onUse(plainName(row.value))} title={title}>
        {row.label}
      </Link>
      {" "}
      <span className={classes.whole}>{share}</span>
      {children}
    </span>
  );
}

interface LinkProps {
  readonly kind: "command" | "function" | "own" | "compare" | "threads" | "cpus";
  readonly value: string;
  readonly onClick: () => void;
  readonly title: string;
  readonly children: string;
}

function Link({ kind, value, onClick, title, children }: LinkProps): ReactNode {
  return (
    <button type="button" className={classes.link} onClick={onClick} title={`${children}: ${title}`} data-testid={`words-${kind}`} data-value={value}>
      <bdi>{visible(shortened(children, LETTERS))}</bdi>
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
