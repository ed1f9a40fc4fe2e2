// What stands out in the whole profile, a sentence each. A click selects the cells of a finding; more clicks go through
// its ranges.
import { formatCount } from "../../../lib/format";
import { visible } from "../../../model/flame/displayName";
import { findingCut, findingParts, findingRanges, findingWeight, shownPlace } from "../../../model/findings/findings";
import { useFindings } from "../../../state/findings";
import type { ChangeExplorer } from "../../../state/useExplorer";
import type { ExplorerState } from "../../../types/explorer";
import type { Finding } from "../../../types/wire";
import classes from "./rail.module.css";

interface FindingsListProps {
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
  /** Whether the profile is open and drawn. */
  readonly ready: boolean;
}

export function FindingsList({ state, change, ready }: FindingsListProps) {
  const { data, error } = useFindings(state.file, state.type, ready);
  if (!data && !error) return null;
  return (
    <section className={classes.part} aria-label="Findings" data-testid="findings" data-count={data?.findings.length}>
      <h2 className={classes.heading}>Findings</h2>
      {error && (
        <p className={classes.note} role="alert">
          {error.message}
        </p>
      )}
      {data?.findings.length === 0 && <p className={classes.note}>Nothing stands out.</p>}
      <ul className={classes.findings}>
        {data?.findings.map((finding, place) => (
          <FindingRow key={place} finding={finding} state={state} change={change} />
        ))}
      </ul>
      {data && data.missing.length > 0 && <p className={classes.note}>{data.missing.join(" ")}</p>}
    </section>
  );
}

interface FindingRowProps {
  readonly finding: Finding;
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
}

function FindingRow({ finding, state, change }: FindingRowProps) {
  const ranges = findingRanges(finding);
  const shown = shownPlace(finding, state.range);
  const next = ranges.length === 0 ? undefined : ranges[(shown + 1) % ranges.length];
  const several = ranges.length > 1 ? ` · ${shown >= 0 ? `${shown + 1} of ` : ""}${formatCount(ranges.length)} ranges` : "";
  return (
    <li>
      <button
        type="button"
        className={classes.finding}
        aria-current={shown >= 0 ? "true" : undefined}
        title={`Select its cells${several}`}
        onClick={() => change({ ...findingCut(finding), range: next, window: undefined, zoom: "" })}
        data-testid="finding"
        data-kind={finding.kind}
        data-ranges={ranges.length}
      >
        <span className={classes.dot} data-weight={findingWeight(finding.kind)} aria-hidden />
        <span>
          {findingParts(finding.text).map(({ text, isName }, place) =>
            isName ? (
              <bdi key={place} className={classes.code}>
                {visible(text)}
              </bdi>
            ) : (
              text
            ),
          )}
          {several !== "" && <span className={classes.several}>{several}</span>}
        </span>
      </button>
    </li>
  );
}
