// The answer of a comparison before its table: the own functions that changed most. A click searches for one and zooms to it, in
// the graph of the side that has more of it.
import { shortened } from "../../../lib/format";
import type { OwnChange } from "../../../model/breakdown/ownChanges";
import { formatMeasured, measureWords, type Measure } from "../../../model/flame/measure";
import { visible } from "../../../model/flame/frames/displayName";
import type { ChangeExplorer } from "../../../state/explorer/useExplorer";
import type { Compare, ExplorerState } from "../../../types/explorer";
import type { FlameGraphAnswer } from "../../../types/wire";
import rail from "../rail/rail.module.css";
import classes from "./compare.module.css";
import { useOwnChanges } from "./useOwnChanges";

const SHOWN = 3;
/** Of a name: the room holds three sentences of two lines. */
const LETTERS = 30;
const LETTERS_BELOW = 18;

interface OwnChangesProps {
  readonly state: ExplorerState;
  readonly compare: Compare;
  readonly change: ChangeExplorer;
  /** Of the comparison, while it is that of the state. */
  readonly answer: FlameGraphAnswer | undefined;
}

export function OwnChanges({ state, compare, change, answer }: OwnChangesProps) {
  const found = useOwnChanges(state, compare, answer);
  const { changes, kind = "points" } = found ?? {};
  const of = kind === "points" ? "of" : "in";
  const show = (one: OwnChange) => {
    const flip = one.b > one.a;
    change({ compare: { ...compare, kind: "differential", flip }, search: one.name, zoom: found?.zoomAt(one) ?? "", callers: "" });
  };
  return (
    <section className={`${rail.part} ${classes.changes}`} aria-label="What changed" aria-busy={!changes} data-testid="own-changes" data-count={changes?.length}>
      <h2 className={rail.heading}>
        What changed{found && <small className={classes.base}>{measureWords({ kind })}</small>}
      </h2>
      {changes?.length === 0 && <p className={rail.note}>{noneWords(kind)}</p>}
      <ul className={rail.findings}>
        {changes?.slice(0, SHOWN).map((one, place) => (
          <li key={one.key}>
            <button
              type="button"
              className={rail.finding}
              title={titleOf(one, kind)}
              onClick={() => show(one)}
              data-testid="own-change"
              data-name={one.name}
              data-a={one.a}
              data-b={one.b}
            >
              <span className={rail.dot} data-weight={place === 0 ? "high" : "middle"} aria-hidden />
              <span>
                <bdi className={rail.code}>{visible(shortened(one.name, LETTERS))}</bdi>
                {` takes ${formatMeasured(one.a, kind)} ${of} A, ${formatMeasured(one.b, kind)} ${of} B: `}
                <strong>{differenceIn(one, kind)}</strong>
                {one.mostly !== undefined && (
                  <>
                    {", mostly in "}
                    <bdi className={rail.code}>{visible(shortened(one.mostly, LETTERS_BELOW))}</bdi>
                  </>
                )}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** "+9.0 points in B", "+120 ms in B". */
function differenceIn({ a, b }: OwnChange, kind: Measure["kind"]): string {
  const size = Math.abs(b - a);
  const side = b > a ? "B" : "A";
  return `+${kind === "points" ? `${size.toFixed(1)} points` : formatMeasured(size, kind)} in ${side}`;
}

function titleOf({ name, mostly }: OwnChange, kind: Measure["kind"]): string {
  const parts = mostly === undefined ? "the runtime and the packages below it" : `the runtime and the packages below it, and ${mostly}, which it calls`;
  return `${name}, with ${parts}: ${measureWords({ kind })}. Click to search for it and zoom to it`;
}

function noneWords(kind: Measure["kind"]): string {
  return `No function of the application changed by ${kind === "points" ? "a point" : "1 %"} or more, beyond chance.`;
}
