// The column at the right, which answers before anyone asks: what is selected, who it was, and what stands out.
import { Summary } from "./Summary";
import type { ExplorerData } from "../useExplorerData";
import { PlayButtons } from "../heatmap/PlayButtons";
import classes from "./rail.module.css";

interface RailProps {
  readonly data: ExplorerData;
  /** Whether two are compared. */
  readonly compared: boolean;
  /** Whether the second one is a range of the same profile. */
  readonly here: boolean;
}

export function Rail({ data, compared, here }: RailProps) {
  const { heatmap, selection, second, source, flame, info } = data;
  if (!heatmap || data.heatmapQuery.isError) return null;
  const known = {
    heatmap,
    request: source.request,
    unit: data.cellUnit,
    periodUnit: info.data?.periodUnit ?? "periods",
  };
  return (
    <aside className={classes.rail} aria-label="Findings" data-testid="rail">
      <section className={classes.part} aria-label="Selection">
        {/* Where an edge runs through cells, only the server can count the samples. */}
        <Summary {...known} selection={selection} graph={compared ? undefined : flame} label={compared ? "A" : ""}>
          <PlayButtons selection={selection} isBehind={data.shown.isBehind} />
        </Summary>
        {here && <Summary {...known} selection={second} label="B" />}
      </section>
    </aside>
  );
}
