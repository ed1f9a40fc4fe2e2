// What stands out in the whole profile, a sentence each. A click selects the cells of a finding; more clicks, or the
// buttons below it, go through its ranges.
import { Fragment, useState } from "react";
import { visible } from "../../../model/flame/frames/displayName";
import { findingCut, findingParts, findingRanges, findingView, findingWeight, namePieces, shownPlace } from "../../../model/findings/findings";
import type { Signal } from "../../../state/signal";
import type { ChangeExplorer } from "../../../state/explorer/useExplorer";
import type { ExplorerState } from "../../../types/explorer";
import type { Finding, FindingsAnswer } from "../../../types/wire";
import { FindingTools } from "./FindingTools";
import classes from "./rail.module.css";

/** Two sentences of three lines. */
const LINES = ["92%", "96%", "60%", "94%", "90%", "45%"];

interface FindingsQuery {
  readonly data: FindingsAnswer | undefined;
  readonly error: Error | null;
}

interface FindingsListProps {
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
  readonly query: FindingsQuery;
  /** A form below is being filled in: what comes now must not move it. */
  readonly held: boolean;
  /** The finding under the pointer: the pictures mark its ranges. */
  readonly pointed: Signal<Finding | undefined>;
}

export function FindingsList({ state, change, query, held, pointed }: FindingsListProps) {
  const [shown, setShown] = useState<FindingsQuery>(query);
  const { data, error } = shown;
  const looking = !data && !error;
  if (!(held && looking) && (data !== query.data || error !== query.error)) setShown({ data: query.data, error: query.error });
  return (
    <section className={classes.part} aria-label="Findings" aria-busy={looking} data-testid="findings" data-count={data?.findings.length}>
      <h2 className={classes.heading}>Findings</h2>
      {looking && <Looking waits={held && query.data !== undefined} />}
      {error && (
        <p className={classes.note} role="alert">
          {error.message}
        </p>
      )}
      {data?.findings.length === 0 && <p className={classes.note}>Nothing stands out.</p>}
      <ul className={classes.findings}>
        {data?.findings.map((finding, place) => (
          <FindingRow key={place} finding={finding} state={state} change={change} pointed={pointed} />
        ))}
      </ul>
      {data && data.missing.length > 0 && <p className={classes.note}>{data.missing.join(" ")}</p>}
    </section>
  );
}

/** Room for the first findings until they are there. */
function Looking({ waits }: { readonly waits: boolean }) {
  return (
    <div className={classes.looking} data-testid="findings-looking">
      <p className={classes.note} role="status">
        {waits ? "Findings wait until the note is done." : "Looking for findings…"}
      </p>
      {LINES.map((width, place) => (
        <span key={place} style={{ width }} aria-hidden />
      ))}
    </div>
  );
}

interface FindingRowProps {
  readonly finding: Finding;
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
  readonly pointed: Signal<Finding | undefined>;
}

function FindingRow({ finding, state, change, pointed }: FindingRowProps) {
  const point = () => pointed.set(finding);
  const leave = () => pointed.set(undefined);
  const ranges = findingRanges(finding);
  const shown = shownPlace(finding, state.range);
  const show = (place: number) => change({ ...findingCut(finding), ...findingView(finding), range: ranges[place], window: undefined, zoom: "" });
  return (
    <li onPointerEnter={point} onPointerLeave={leave} onFocus={point} onBlur={leave}>
      <button
        type="button"
        className={classes.finding}
        aria-current={shown >= 0 ? "true" : undefined}
        title={ranges.length > 1 ? "Select its cells, and with each click its next range" : "Select its cells"}
        onClick={() => show((shown + 1) % Math.max(ranges.length, 1))}
        data-testid="finding"
        data-kind={finding.kind}
        data-ranges={ranges.length}
      >
        <span className={classes.dot} data-weight={findingWeight(finding.kind)} aria-hidden />
        <span>
          {findingParts(finding.text).map(({ text, isName }, place) =>
            isName ? (
              <bdi key={place} className={classes.code}>
                {namePieces(visible(text)).map((piece, at) => (
                  <Fragment key={at}>
                    {at > 0 && <wbr />}
                    {piece}
                  </Fragment>
                ))}
              </bdi>
            ) : (
              text
            ),
          )}
        </span>
      </button>
      <FindingTools finding={finding} shown={shown} onShow={show} state={state} change={change} />
    </li>
  );
}
