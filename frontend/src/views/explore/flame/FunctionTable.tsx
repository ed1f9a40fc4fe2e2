// Functions by what they used. Only the rows in view are in the page: a profile has tens of thousands.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState, type KeyboardEvent } from "react";
import { formatAmount, formatCount, formatPlural, formatShare, formatValue } from "../../../lib/format";
import { clamp } from "../../../lib/numbers";
import { displayName } from "../../../model/flame/frames/displayName";
import { cpuTime, type FlameTree } from "../../../model/flame/flameTree";
import { differenceLabel, formatMeasured, measureWords, type Measure } from "../../../model/flame/measure";
import { functionCounts, functionKey, sortedFunctions, type FunctionCounts, type SortKey } from "../../../model/flame/functionTable";
import type { TreeViewProps } from "./FlameView";
import { framePaint } from "./framePaint";
import classes from "./functionTable.module.css";

const ROW = 24;
/** The headings stay on top of what scrolls. */
const HEAD = 26;
const OVERSCAN = 8;
/** Until the scroller is measured. */
const UNMEASURED = { width: 400, height: 600 };

/** The heading in full, as it may be cut off, and what its values are. */
function hintOf(key: SortKey, label: string, measure: Measure | undefined): string | undefined {
  if (!measure || key === "name") return undefined;
  const values = measure.kind === "points" ? "percentage points of each side's samples" : measureWords(measure);
  if (key === "change") return `${label}: own samples, in ${values}`;
  return key === "totalChange" ? `${label}: with all that it called, in ${values}` : `${label}: ${measureWords(measure)}`;
}

interface Sort {
  readonly key: SortKey;
  readonly descending: boolean;
}

export default function FunctionTable({ tree, search, state, change, scheme, onMenu }: TreeViewProps) {
  const [chosen, setSort] = useState<Sort>();
  const [active, setActive] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const counts = useMemo(() => functionCounts(tree, state.inverted), [tree, state.inverted]);
  // A comparison is opened for its differences.
  const { key: sortKey, descending }: Sort = chosen ?? { key: counts.other ? "change" : "self", descending: true };
  const rows = useMemo(
    () => sortedFunctions(tree, counts, sortKey, descending, search),
    [tree, counts, sortKey, descending, search],
  );
  const ran = useMemo(() => counts.total.filter((total) => total > 0).length, [counts]);
  const { colour, differencePalette } = state;
  const { colours, shades } = useMemo(
    () => framePaint(tree, { colour, differencePalette }, scheme),
    [tree, colour, differencePalette, scheme],
  );
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoized by a compiler
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: OVERSCAN,
    scrollPaddingStart: HEAD,
    paddingStart: HEAD,
    initialRect: UNMEASURED,
  });
  const shown = virtual.getVirtualItems();
  const current = Math.min(active, Math.max(rows.length - 1, 0));
  const open = (row: number) => {
    const frame = rows[row];
    if (frame !== undefined) change({ callers: functionKey(tree.names[frame]!, tree.libraries[frame] ?? "") });
  };
  const menu = (row: number, x: number, y: number) => {
    const frame = rows[row];
    if (frame === undefined) return;
    onMenu({ name: tree.names[frame]!, library: tree.libraries[frame] ?? "", node: undefined, x, y });
  };
  const move = (row: number) => {
    const next = clamp(row, 0, Math.max(rows.length - 1, 0));
    setActive(next);
    virtual.scrollToIndex(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // The headings are buttons.
    if (event.target !== event.currentTarget) return;
    const page = Math.max(Math.floor(((virtual.scrollRect?.height ?? 0) - HEAD) / ROW) - 1, 1);
    const { left = 0, top = 0 } = scroller.current?.getBoundingClientRect() ?? {};
    const menuHere = () => menu(current, left + 200, top + HEAD + (current + 1) * ROW - (virtual.scrollOffset ?? 0));
    const keys: Readonly<Record<string, () => void>> = {
      ArrowDown: () => move(current + 1),
      ArrowUp: () => move(current - 1),
      PageDown: () => move(current + page),
      PageUp: () => move(current - page),
      Home: () => move(0),
      End: () => move(rows.length - 1),
      Enter: () => open(current),
      ContextMenu: menuHere,
      ...(event.shiftKey && { F10: menuHere }),
    };
    const run = keys[event.key];
    if (!run || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    run();
  };
  const columns = columnsOf(counts.other !== undefined, state.compare?.flip === true);
  return (
    <div
      className={classes.table}
      data-testid="function-table"
      data-count={rows.length}
      data-difference={counts.other !== undefined}
      data-timed={tree.sampleSeconds !== undefined}
    >
      <div
        ref={scroller}
        className={classes.scroller}
        tabIndex={0}
        role="grid"
        aria-label={`Functions, ${formatCount(rows.length)}`}
        aria-rowcount={rows.length + 1}
        aria-activedescendant={shown.some(({ index }) => index === current) ? `function-${current}` : undefined}
        onKeyDown={onKeyDown}
      >
        <div className={classes.head} role="row" style={{ height: HEAD }}>
          {columns.map(([key, label]) => {
            const sorted = sortKey === key;
            return (
              <div key={key} role="columnheader" data-column={key} data-spare={isSpare(key, counts)} aria-sort={sorted ? (descending ? "descending" : "ascending") : "none"}>
                <button
                  type="button"
                  onClick={() => setSort({ key, descending: sorted ? !descending : key !== "name" })}
                  title={hintOf(key, label, counts.other && tree.measure)}
                  data-testid={`function-sort-${key}`}
                >
                  {label}
                  <span aria-hidden>{sorted ? (descending ? " ↓" : " ↑") : ""}</span>
                </button>
              </div>
            );
          })}
        </div>
        <div className={classes.rows} role="rowgroup" style={{ height: rows.length * ROW }}>
          {shown.map(({ index: row, start }) => {
            const frame = rows[row]!;
            const [self, total] = [counts.self[frame]!, counts.total[frame]!];
            const library = tree.libraries[frame] ?? "";
            return (
              <div
                key={frame}
                id={`function-${row}`}
                className={classes.row}
                style={{ transform: `translateY(${start - HEAD}px)` }}
                role="row"
                aria-rowindex={row + 2}
                aria-selected={row === current}
                onClick={() => {
                  setActive(row);
                  open(row);
                }}
                onContextMenu={(event) => {
                  event.preventDefault();
                  setActive(row);
                  menu(row, event.clientX, event.clientY);
                }}
                data-testid="function-row"
                data-name={tree.names[frame]}
                data-self={self}
                data-total={total}
              >
                {counts.other && tree.measure ? (
                  <Sides counts={counts} frame={frame} measure={tree.measure} />
                ) : (
                  <>
                    <Amount value={self} tree={tree} />
                    <Amount value={total} tree={tree} />
                  </>
                )}
                <span role="gridcell" className={classes.name} title={functionKey(tree.names[frame]!, library)}>
                  {!shades && <i className={classes.swatch} style={{ background: colours[frame] }} aria-hidden />}
                  <bdi>{displayName(tree.names[frame]!, library)}</bdi>
                  {library !== "" && <bdi className={classes.library}>{library}</bdi>}
                  {counts.other && tree.kinds[frame] && <span className={classes.kind}>{tree.kinds[frame]}</span>}
                </span>
              </div>
            );
          })}
        </div>
      </div>
      {rows.length === 0 && <p className={classes.none}>No function matches.</p>}
      <p className={classes.foot}>{`${search ? `${formatCount(rows.length)} of ${formatPlural(ran, "function")} found by the search` : formatPlural(ran, "function")} · click for callers and callees${counts.other && tree.measure ? ` · ${measureWords(tree.measure)}` : ""}`}</p>
    </div>
  );
}

/** Totals of a comparison go where there is no room for all columns. */
function isSpare(key: SortKey, { other }: FunctionCounts): boolean {
  return other !== undefined && (key === "total" || key === "otherTotal");
}

/** Of a comparison: both sides on one base. */
function columnsOf(compared: boolean, flipped: boolean): readonly (readonly [SortKey, string])[] {
  const [first, second] = flipped ? ["B", "A"] : ["A", "B"];
  if (!compared) return [["self", "Self"], ["total", "Total"], ["name", "Function"]];
  return [
    ["change", "Self change"],
    ["totalChange", "Total change"],
    ["self", `Self ${first}`],
    ["otherSelf", `Self ${second}`],
    ["total", `Total ${first}`],
    ["otherTotal", `Total ${second}`],
    ["name", "Function"],
  ];
}

interface SidesProps {
  readonly counts: FunctionCounts;
  readonly frame: number;
  readonly measure: Measure;
}

function Sides({ counts: { self, total, other }, frame, measure }: SidesProps) {
  const values = [self, other!.self, total, other!.total].map((side) => formatMeasured(side[frame]! * measure.drawn, measure.kind));
  return (
    <>
      <span role="gridcell" className={classes.change} data-testid="function-change" data-change={other!.change[frame]}>
        {differenceLabel(other!.change[frame]!, measure) || "0"}
      </span>
      <span role="gridcell" className={classes.change} data-column="totalChange" data-testid="function-total-change" data-change={other!.totalChange[frame]}>
        {differenceLabel(other!.totalChange[frame]!, measure) || "0"}
      </span>
      {values.map((value, column) => (
        <span key={column} role="gridcell" className={classes.side} data-spare={column > 1}>
          {value}
        </span>
      ))}
    </>
  );
}

function Amount({ value, tree }: { readonly value: number; readonly tree: FlameTree }) {
  const whole = tree.samples;
  const share = whole > 0 ? (100 * value) / whole : 0;
  const time = cpuTime(tree, value) || undefined;
  return (
    <span role="gridcell" className={classes.amount} title={time && `${formatAmount(value, tree.unit)} (${time})`}>
      <i className={classes.share} style={{ width: `${Math.min(share, 100)}%` }} aria-hidden />
      <span>{formatValue(value, tree.unit)}</span>
      {time && (
        <span className={classes.time} data-testid="function-time">
          {time}
        </span>
      )}
      <span className={classes.percent}>{formatShare(value, whole)}</span>
    </span>
  );
}
