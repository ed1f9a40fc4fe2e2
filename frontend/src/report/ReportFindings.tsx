// The findings of a report as sentences. Those whose graph is in the file show it.
import { findingParts, findingWeight } from "../model/findings/findings";
import { visible } from "../model/flame/frames/displayName";
import type { Report } from "../types/wire";
import classes from "../views/explore/rail/rail.module.css";

interface ReportFindingsProps {
  readonly report: Report;
  /** The finding whose graph is shown; null for another graph. */
  readonly shown: number | null;
  readonly onShow: (graph: number) => void;
}

export function ReportFindings({ report, shown, onShow }: ReportFindingsProps) {
  const { findings, missing } = report.findings;
  return (
    <section aria-label="Findings" data-testid="report-findings" data-count={findings.length}>
      <h2>Findings</h2>
      {findings.length === 0 && <p>{missing.length > 0 ? missing.join(" ") : "Nothing stands out."}</p>}
      <ul className={classes.findings}>
        {findings.map(({ text, kind }, place) => {
          const graph = report.graphs.findIndex(({ finding }) => finding === place);
          return (
            <li key={place}>
              <button type="button" className={classes.finding} disabled={graph === -1} aria-current={shown === place ? "true" : undefined} onClick={() => onShow(graph)} data-testid="report-finding">
                <span className={classes.dot} data-weight={findingWeight(kind)} aria-hidden />
                <span>
                  {`${place + 1}. `}
                  {findingParts(text).map((part, at) => (part.isName ? <bdi key={at} className={classes.code}>{visible(part.text)}</bdi> : part.text))}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
