// Who the samples of the range are: by command, thread or the like, and by function.
import { formatCount, formatShare } from "../lib/format";
import { breakdownRows, formatPoints, shortLabel } from "../model/breakdown/rows";
import { titlesOf } from "../model/breakdown/titles";
import { visible } from "../model/flame/frames/displayName";
import type { BreakdownBy } from "../types/explorer";
import type { BreakdownAnswer } from "../types/wire";

const ROWS = 8;

export function ReportWho({ answers }: { readonly answers: readonly BreakdownAnswer[] }) {
  return answers.map((answer) => (
    <section key={answer.by} aria-label={titlesOf(answer.by as BreakdownBy)[0]}>
      <h2>{titlesOf(answer.by as BreakdownBy)[0]}</h2>
      <table data-testid="report-who" data-by={answer.by}>
        <tbody>
          {breakdownRows(answer)
            .slice(0, ROWS)
            .filter(({ samples }) => samples > 0)
            .map((row) => (
              <tr key={row.value} title={`${row.label} · ${formatCount(row.samples)}`} data-samples={row.samples}>
                <td>
                  <bdi>{visible(shortLabel(row, answer.by as BreakdownBy))}</bdi>
                </td>
                <td>{formatShare(row.samples, answer.samples)}</td>
                <td>{row.change === undefined ? "" : formatPoints(row.change)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  ));
}
