// The name of a lane: a button that filters by it, with its part of the selection.
import { formatCount, formatShare } from "../../../lib/format";
import { busyWords } from "../../../model/breakdown/busyWords";
import { formatPoints, shortLabel } from "../../../model/breakdown/rows";
import { visible } from "../../../model/flame/frames/displayName";
import type { LaneRow } from "../../../model/lanes/laneRows";
import type { BreakdownBy } from "../../../types/explorer";
import { MiddleCut } from "../../shared/MiddleCut";
import classes from "./lanes.module.css";

interface LaneNameProps {
  readonly row: LaneRow;
  readonly by: BreakdownBy;
  /** Roles of threads that need no number. */
  readonly own: ReadonlySet<string>;
  readonly index: number;
  readonly top: number;
  readonly chosen: boolean;
  /** Whether Tab stops here. */
  readonly tabbed: boolean;
  readonly onFocus: () => void;
  readonly onToggle: () => void;
}

export function LaneName({ row, by, own, index, top, chosen, tabbed, onFocus, onToggle }: LaneNameProps) {
  const { value, label, samples, share, busy, change, whole } = row;
  const part = share === undefined ? "…" : formatShare(share, 1);
  const words = [
    label,
    samples === undefined ? undefined : `${formatCount(samples)} of its ${formatCount(whole)} samples`,
    `${part} of the selection`,
    busy === undefined ? undefined : `${busyWords(busy, undefined)} busy`,
    change === undefined ? undefined : `${formatPoints(change)} points against the rest`,
  ];
  return (
    <li className={classes.lane} style={{ transform: `translateY(${top}px)` }}>
      <button
        type="button"
        aria-pressed={chosen}
        tabIndex={tabbed ? 0 : -1}
        onClick={onToggle}
        onFocus={onFocus}
        title={words.filter((word) => word !== undefined).join(" · ")}
        data-testid="lane"
        data-index={index}
        data-value={value}
        data-samples={samples}
        data-share={share}
        data-change={change}
        data-whole={whole}
      >
        <MiddleCut className={classes.name} text={visible(shortLabel(row, by, own))} />
        <span className={classes.share}>{part}</span>
      </button>
    </li>
  );
}
