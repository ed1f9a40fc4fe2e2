// A report: one view of a profile without a server. The pictures are those of the explorer; what they show is in the file.
import { useMemo, useState } from "react";
import { formatAmount, formatSpan } from "../lib/format";
import { findingRanges } from "../model/findings/findings";
import { buildFlameTree } from "../model/flame/flameTree";
import { searchTree } from "../model/flame/search";
import { buildHeatmap } from "../model/heatmap/heatmap";
import { profileFacts } from "../model/profiles/profileFacts";
import { visible } from "../model/flame/frames/displayName";
import { parseExplorer } from "../state/explorer/explorerUrl";
import type { TimeRange } from "../types/explorer";
import { seconds } from "../types/units";
import type { Report, ReportGraph } from "../types/wire";
import { ReportFindings } from "./ReportFindings";
import { ReportFlame } from "./ReportFlame";
import { ReportHeatmap } from "./ReportHeatmap";
import { ReportNotes } from "./ReportNotes";
import { ReportWho } from "./ReportWho";
import { useScheme } from "./useScheme";

export function ReportView({ report }: { readonly report: Report }) {
  const scheme = useScheme();
  const state = useMemo(() => parseExplorer(new URLSearchParams(report.view)), [report.view]);
  const heatmap = useMemo(() => report.heatmap && buildHeatmap(report.heatmap), [report.heatmap]);
  const [shown, setShown] = useState(0);
  const [search, setSearch] = useState(state.search);
  const graph = report.graphs[shown]!;
  const tree = useMemo(() => buildFlameTree(graph.graph), [graph]);
  const found = useMemo(() => searchTree(tree, search), [tree, search]);
  const range = rangeOf(report, graph);
  const columns = heatmap?.seconds ?? 0;
  return (
    <div className="report" data-testid="report" data-shown={graph.shows} data-samples={tree.samples}>
      <title>{`${report.name} · FlameScope`}</title>
      <header className="head">
        <h1>
          <bdi>{visible(report.name)}</bdi>
        </h1>
        <p>{profileFacts(report.facts)}</p>
        <p className="made">{report.made}</p>
      </header>
      <main>
        <div className="pictures">
          {heatmap && <ReportHeatmap {...{ report, heatmap, state, scheme, range }} />}
          <div className="bar">
            <div className="choices" role="group" aria-label="Graph">
              {report.graphs.map((one, place) => (
                <button key={place} type="button" aria-pressed={place === shown} onClick={() => setShown(place)} data-testid="report-graph">
                  {titleOf(report, one, columns)}
                </button>
              ))}
            </div>
            <label>
              Search <input type="search" value={search} onChange={(event) => setSearch(event.target.value)} data-testid="report-search" />
            </label>
            {found && <span data-testid="report-matched">{`${formatAmount(found.samples, tree.unit)} matched`}</span>}
          </div>
          <ReportFlame key={shown} {...{ tree, state, scheme }} search={found} />
        </div>
        <aside aria-label="Selection and findings">
          <section>
            <h2>{range ? formatSpan(range, columns) : "Whole profile"}</h2>
            <p data-testid="report-samples">{formatAmount(tree.samples, tree.unit)}</p>
            {report.cut.map((words) => (
              <p key={words}>
                <bdi>{visible(words)}</bdi>
              </p>
            ))}
          </section>
          <ReportWho answers={report.who} />
          <ReportFindings report={report} shown={graph.finding} onShow={setShown} />
          <ReportNotes notes={report.notes} columns={columns} />
        </aside>
      </main>
    </div>
  );
}

function rangeOf(report: Report, { shows, finding }: ReportGraph): TimeRange | undefined {
  if (shows === "whole") return undefined;
  if (finding !== null) return findingRanges(report.findings.findings[finding]!)[0];
  const { start, end, facts } = report;
  if (start === null && end === null) return undefined;
  return { start: seconds(start ?? 0), end: seconds(end ?? facts.seconds) };
}

function titleOf(report: Report, graph: ReportGraph, columns: number): string {
  const range = rangeOf(report, graph);
  if (graph.finding !== null) return `Finding ${graph.finding + 1}`;
  return range ? `Selected ${formatSpan(range, columns)}` : "Whole profile";
}
