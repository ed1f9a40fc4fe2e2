// What the two pictures say, as tables: hidden from the eye, there for screen readers. Hidden in a box,
// because a table takes the size of its content whatever it is told.
import { memo } from "react";
import { formatCount, formatPlural, formatSeconds, formatShare } from "../../lib/format";
import type { Heatmap } from "../../model/heatmap/heatmap";
import type { FlameTree } from "../../model/flame/flameTree";
import { busiestColumn } from "../../model/heatmap/overview";
import { topFrames } from "../../model/flame/topFrames";
import type { TimeRange } from "../../types/explorer";

const FRAMES = 25;

interface SelectionTableProps {
  readonly heatmap: Heatmap;
  readonly range: TimeRange | undefined;
  readonly samples: number | undefined;
  /** Whether the range still changes under the pointer. */
  readonly live: boolean;
}

export const SelectionTable = memo(SelectionRows, (_, next) => next.live);

function SelectionRows({ heatmap, range, samples }: SelectionTableProps) {
  const start = range?.start ?? 0;
  const end = range?.end ?? heatmap.columns;
  const busiest = busiestColumn(heatmap, start, end);
  return (
    <div className="visually-hidden">
      <table data-testid="selection-table">
        <caption>Selected range</caption>
        <tbody>
          <tr>
            <th scope="row">From</th>
            <td>{formatSeconds(start)} seconds</td>
          </tr>
          <tr>
            <th scope="row">To</th>
            <td>{formatSeconds(end)} seconds</td>
          </tr>
          <tr>
            <th scope="row">Samples</th>
            <td>
              {samples === undefined ? "" : `${formatCount(samples)}, ${formatShare(samples, heatmap.samples)} of all`}
            </td>
          </tr>
          <tr>
            <th scope="row">{busiest.seconds === 1 ? "Busiest second" : `Busiest ${busiest.seconds} seconds`}</th>
            <td>{`${busiest.seconds === 1 ? "" : "from "}${busiest.second}, ${formatPlural(busiest.samples, "sample")}`}</td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}

export const FrameTable = memo(function FrameTable({ tree }: { readonly tree: FlameTree }) {
  return (
    <div className="visually-hidden">
      <table data-testid="frame-table">
        <caption>{`Frames with most samples of their own, of ${formatPlural(tree.samples, "sample")}`}</caption>
        <thead>
          <tr>
            <th scope="col">Frame</th>
            <th scope="col">Library</th>
            <th scope="col">Own samples</th>
            <th scope="col">Share</th>
          </tr>
        </thead>
        <tbody>
          {topFrames(tree, FRAMES).map(({ name, library, self }) => (
            <tr key={`${name}\n${library}`}>
              <td>{name}</td>
              <td>{library}</td>
              <td>{formatCount(self)}</td>
              <td>{formatShare(self, tree.samples)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
});
