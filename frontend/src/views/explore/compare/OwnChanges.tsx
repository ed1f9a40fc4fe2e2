// The answer of a comparison before its table: the own functions that changed most. A click searches for one, in the
// graph of the side that has more of it.
import { formatShare, shortened } from "../../../lib/format";
import { formatPoints } from "../../../model/breakdown/rows";
import { visible } from "../../../model/flame/frames/displayName";
import type { ChangeExplorer } from "../../../state/explorer/useExplorer";
import type { Compare, ExplorerState } from "../../../types/explorer";
import rail from "../rail/rail.module.css";
import classes from "./compare.module.css";
import { useOwnChanges } from "./useOwnChanges";

const SHOWN = 3;
/** Of a name: the room holds three sentences of two lines. */
const LETTERS = 30;

interface OwnChangesProps {
  readonly state: ExplorerState;
  readonly compare: Compare;
  readonly change: ChangeExplorer;
  /** Whether the comparison is drawn. */
  readonly ready: boolean;
}

export function OwnChanges({ state, compare, change, ready }: OwnChangesProps) {
  const changes = useOwnChanges(state, compare, ready);
  return (
    <section className={`${rail.part} ${classes.changes}`} aria-label="What changed" aria-busy={!changes} data-testid="own-changes" data-count={changes?.length}>
      <h2 className={rail.heading}>What changed</h2>
      {changes?.length === 0 && <p className={rail.note}>No function of the application changed by a point or more.</p>}
      <ul className={rail.findings}>
        {changes?.slice(0, SHOWN).map(({ name, a, b }, place) => (
          <li key={place}>
            <button
              type="button"
              className={rail.finding}
              title={`${name}, with the runtime and the packages below it, as shares of each side. Click to search for it`}
              onClick={() => change({ compare: { ...compare, kind: "differential", flip: b > a }, search: name, zoom: "", callers: "" })}
              data-testid="own-change"
              data-name={name}
              data-a={a}
              data-b={b}
            >
              <span className={rail.dot} data-weight={place === 0 ? "high" : "middle"} aria-hidden />
              <span>
                <bdi className={rail.code}>{visible(shortened(name, LETTERS))}</bdi>
                {` takes ${formatShare(a, 1)} of A, ${formatShare(b, 1)} of B: `}
                <strong>{`${formatPoints(100 * Math.abs(b - a))} points in ${b > a ? "B" : "A"}`}</strong>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
