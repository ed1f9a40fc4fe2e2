// The two pictures as tables for screen readers, invisible on the screen. They are hidden in a box, because a table
// always takes the size of its content.
import { memo } from "react";
import { capitalised, formatAmount, formatSeconds, formatShare, formatValue, isTime } from "../../lib/format";
import type { Heatmap } from "../../model/heatmap/heatmap";
import type { FlameTree } from "../../model/flame/flameTree";
import { lengthWords, SECOND } from "../../lib/columnLength";
import { busiestColumn } from "../../model/heatmap/overview";
import { topFrames } from "../../model/flame/topFrames";
import type { TimeRange } from "../../types/explorer";

const FRAMES = 25;

interface SelectionTableProps {
  readonly heatmap: Heatmap;
  readonly range: TimeRange | undefined;
  readonly samples: number | undefined;
  /** Of the whole profile in the unit of `samples`, undefined for what the heatmap counts. */
  readonly whole: number | undefined;
  /** What the selection is counted in, and what the cells are. */
  readonly unit: string | undefined;
  readonly heatmapUnit: string | undefined;
  /** Whether the range still changes under the pointer. */
  readonly live: boolean;
}

export const SelectionTable = memo(SelectionRows, (_, next) => next.live);

function SelectionRows({ heatmap, range, samples, whole, unit, heatmapUnit }: SelectionTableProps) {
  const start = range?.start ?? 0;
  const end = range?.end ?? heatmap.seconds;
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
            <th scope="row">{isTime(unit) || unit === undefined ? "Value" : capitalised(unit)}</th>
            <td>
              {samples === undefined ? "" : `${formatValue(samples, unit)}, ${formatShare(samples, whole ?? heatmap.samples)} of all`}
            </td>
          </tr>
          <tr>
            <th scope="row">{busiest.milliseconds === SECOND ? "Busiest second" : `Busiest ${lengthWords(busiest.milliseconds)}`}</th>
            <td>{`${busiest.milliseconds === SECOND ? "" : "from "}${busiest.second}, ${formatAmount(busiest.samples, heatmapUnit)}`}</td>
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
        <caption>{`Frames with the largest values of their own, of ${formatAmount(tree.samples, tree.unit)}`}</caption>
        <thead>
          <tr>
            <th scope="col">Frame</th>
            <th scope="col">Library</th>
            <th scope="col">Own</th>
            <th scope="col">Share</th>
          </tr>
        </thead>
        <tbody>
          {topFrames(tree, FRAMES).map(({ name, library, self }) => (
            <tr key={`${name}\n${library}`}>
              <td>{name}</td>
              <td>{library}</td>
              <td>{formatValue(self, tree.unit)}</td>
              <td>{formatShare(self, tree.samples)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
});
