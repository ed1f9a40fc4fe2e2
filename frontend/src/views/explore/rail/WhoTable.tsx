// Who the samples of the selection are, by one property, with the change against the rest of the profile. A click on
// a row filters by it, or searches for it.
import { ActionIcon, Button, Menu, SegmentedControl } from "@mantine/core";
import { useMemo } from "react";
import { formatCount, formatShare } from "../../../lib/format";
import { breakdownRows, formatPoints, ownRoles, shortLabel, type BreakdownRow } from "../../../model/breakdown/rows";
import { busyWords } from "../../../model/breakdown/busyWords";
import { titlesOf } from "../../../model/breakdown/titles";
import { whoKinds, whoTabs } from "../../../model/breakdown/whoKinds";
import { visible } from "../../../model/flame/frames/displayName";
import { plainName } from "../../../model/flame/frames/plainName";
import type { FollowedBreakdown } from "../../../state/explorer/breakdown";
import { useSignal } from "../../../state/signal";
import type { ChangeExplorer } from "../../../state/explorer/useExplorer";
import type { BreakdownBy, ExplorerState } from "../../../types/explorer";
import { chosenOf, isFacet, toggled } from "../../../types/facets";
import type { BreakdownAnswer, FlameGraphAnswer, ProfileInfo } from "../../../types/wire";
import { MiddleCut } from "../../shared/MiddleCut";
import { useSteadyHeight } from "./useSteadyHeight";
import classes from "./rail.module.css";

const ROWS = 8;
/** The height of one with its gap, in CSS pixels: what is below stays where it is when the rows come. */
const ROW = 24;

interface WhoTableProps {
  readonly by: BreakdownBy;
  readonly breakdown: FollowedBreakdown;
  /** Values that the whole profile has; 0 where that is not known before they are here. */
  readonly expected: number;
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
}

interface RowsProps extends WhoTableProps {
  /** The profile lacks the property, or has one value of it. */
  readonly isLacking: boolean;
}

interface WhoTableTabs extends WhoTableProps {
  /** They tell which properties there are; undefined until they are known. */
  readonly info: ProfileInfo | undefined;
  readonly frames: FlameGraphAnswer["frames"] | undefined;
}

export function WhoTable({ by: who, breakdown, expected, state, change, info, frames }: WhoTableTabs) {
  const choose = (by: BreakdownBy) => change({ who: by }, "replace");
  const kinds = useMemo(() => (info ? whoKinds(info, frames) : []), [info, frames]);
  const { tabs, more } = whoTabs(kinds, who);
  return (
    <section className={classes.part} aria-label="Who" data-testid="who" data-by={who}>
      <div className={classes.tabs}>
        {tabs.length === 1 ? (
          <h2 className={classes.heading}>{`By ${titlesOf(who)[0].toLowerCase()}`}</h2>
        ) : (
          <SegmentedControl
            fullWidth
            aria-label="Break down by"
            value={who}
            data={tabs.map((by) => ({ value: by, label: titlesOf(by)[0] }))}
            onChange={(by) => choose(by)}
            data-testid="who-by"
          />
        )}
        {more.length > 0 && (
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon variant="subtle" aria-label="More properties" title="More properties" data-testid="who-more">
                ⋯
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {more.map((by) => (
                <Menu.Item key={by} onClick={() => choose(by)} data-testid={`who-${by}`}>
                  {titlesOf(by)[0]}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      <Rows by={who} breakdown={breakdown} expected={expected} isLacking={!kinds.includes(who)} state={state} change={change} />
    </section>
  );
}

function Rows({ by: who, breakdown, expected, isLacking, state, change }: RowsProps) {
  const live = useSignal(breakdown.liveAnswer);
  const answer = live ?? breakdown.data;
  if (breakdown.error && !live) {
    return (
      <div className={classes.note} role="alert" data-testid="who-error">
        {`${breakdown.error.message} `}
        <Button onClick={breakdown.retry}>Try again</Button>
      </div>
    );
  }
  // Of another property while this one is fetched.
  if (answer?.by !== who) return <p className={classes.note} style={{ minHeight: Math.min(expected, ROWS) * ROW }}>…</p>;
  return <Listed answer={answer} by={who} isLacking={isLacking} state={state} change={change} />;
}

interface ListedProps extends Omit<RowsProps, "breakdown" | "expected"> {
  readonly answer: BreakdownAnswer;
}

function Listed({ answer, by: who, isLacking, state, change }: ListedProps) {
  const room = useSteadyHeight<HTMLDivElement>(who);
  const all = breakdownRows(answer);
  const rows = all.slice(0, ROWS);
  // A role may be shared by threads that are not listed.
  const own = ownRoles(answer.others.values > 0 ? [] : all, who);
  const shown = rows.filter(({ samples, change }) => samples > 0 || (change ?? 0) !== 0);
  return (
    <div ref={room} className={classes.listed}>
      <ul className={classes.who} data-testid="who-rows" data-samples={answer.samples} data-busy={answer.busy ?? undefined}>
        {shown.map((row) => (
          <WhoRow key={row.value} row={row} by={who} own={own} answer={answer} chosen={isChosen(state, who, row)} onUse={() => use(row, state, change, who)} />
        ))}
      </ul>
      <Rest answer={answer} shown={shown} by={who} />
      {/* A notice above the graph tells of missing times, so that only a missing property is told here. */}
      {answer.missing.length > 0 && (answer.seconds > 0 || isLacking) && <p className={classes.note}>{answer.missing.join(" ")}</p>}
    </div>
  );
}

interface WhoRowProps {
  readonly row: BreakdownRow;
  readonly by: BreakdownBy;
  /** Roles of threads that need no number. */
  readonly own: ReadonlySet<string>;
  readonly answer: BreakdownAnswer;
  readonly chosen: boolean;
  readonly onUse: () => void;
}

function WhoRow({ row, by, own, answer, chosen, onUse }: WhoRowProps) {
  // Functions and the like are sorted by their own samples: others hold them, too.
  const [samples, share, change, words] = isFacet(by)
    ? [row.samples, row.share, row.change, formatCount(row.samples)]
    : [row.self, answer.samples > 0 ? row.self / answer.samples : 0, row.selfChange, `${formatCount(row.self)} self, ${formatCount(row.samples)} total`];
  const busy = row.busy === undefined ? "" : ` · ${busyWords(row.busy, undefined)} busy`;
  return (
    <li>
      <button
        type="button"
        className={classes.whoRow}
        aria-pressed={isFacet(by) ? chosen : undefined}
        disabled={by === "kind"}
        onClick={onUse}
        title={`${row.label} · ${words}${busy}`}
        data-testid="who-row"
        data-value={row.value}
        data-samples={row.samples}
        data-self={row.self}
        data-change={change}
      >
        <span className={classes.whoBar} style={{ width: `${100 * share}%` }} aria-hidden />
        <MiddleCut className={classes.whoName} text={visible(shortLabel(row, by, own))} />
        <span className={classes.number}>{formatShare(samples, answer.samples)}</span>
        {change !== undefined && (
          <span className={classes.change} data-more={change > 0}>
            {formatPoints(change)}
            <span className="visually-hidden"> points against the rest</span>
          </span>
        )}
      </button>
    </li>
  );
}

/** The values that are not listed. */
function Rest({ answer, shown, by }: { readonly answer: BreakdownAnswer; readonly shown: readonly BreakdownRow[]; readonly by: BreakdownBy }) {
  const busy = shown.filter(({ samples }) => samples > 0);
  const more = answer.present - busy.length;
  if (more <= 0) return null;
  const [one, many] = titlesOf(by);
  const words = `${formatCount(more)} more ${more === 1 ? one.toLowerCase() : many}`;
  // Functions call each other: samples of several of them would count twice.
  const samples = isFacet(by) ? answer.samples - busy.reduce((sum, row) => sum + row.samples, 0) : undefined;
  return (
    <p className={classes.note} data-testid="who-rest" data-values={more} data-samples={samples}>
      {samples === undefined ? words : `${words} · ${formatShare(samples, answer.samples)}`}
    </p>
  );
}

function isChosen(state: ExplorerState, by: BreakdownBy, { value }: BreakdownRow): boolean {
  return isFacet(by) && chosenOf(state, by).includes(value);
}

/** Filter by a command, process, thread, CPU, event or label, or let go of it; search for anything else. */
export function use(row: Pick<BreakdownRow, "value">, state: ExplorerState, change: ChangeExplorer, by: BreakdownBy): void {
  change(isFacet(by) ? toggled(state, by, row.value) : { search: by === "function" ? plainName(row.value) : row.value });
}
