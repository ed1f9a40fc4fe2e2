// Which colour is how many samples: a step for each count, or forty where there are more.
import { css } from "../../../lib/colour";
import { formatCount } from "../../../lib/format";
import { paletteTable, tableIndex } from "../../../model/heatmap/palette";
import type { Merge, Palette } from "../../../types/explorer";
import type { Scheme } from "../../../types/scheme";
import classes from "../explore.module.css";

const STEPS = 40;

interface CountLegendProps {
  readonly maximum: number;
  /** Seconds in a column, and how they are joined. */
  readonly merge: number;
  readonly how: Merge;
  readonly palette: Palette;
  readonly scheme: Scheme;
  readonly testId?: string;
}

export function CountLegend({ maximum, merge, how, palette, scheme, testId = "heatmap-legend" }: CountLegendProps) {
  const what = merge === 1 ? "samples in a cell" : how === "sum" ? `in ${merge} s of cells, summed` : `highest of ${merge} s of cells`;
  const table = paletteTable(palette, scheme, maximum);
  const steps = Math.min(maximum, STEPS);
  const counts = Array.from({ length: steps + 1 }, (_, step) => (steps === 0 ? 0 : Math.round((step / steps) * maximum)));
  return (
    <figure
      className={classes.legend}
      aria-label={`Colours from 0 to ${maximum}: ${what}`}
      data-testid={testId}
      data-max={maximum}
      data-merge={merge}
    >
      <div className={classes.legendBar}>
        {counts.map((count) => (
          <span
            key={count}
            title={`${formatCount(count)} in a cell`}
            style={{ background: css(table[tableIndex(count, maximum, table.length)]!) }}
          />
        ))}
      </div>
      <figcaption>
        <span>0</span>
        <span>{what}</span>
        <span>{formatCount(maximum)}</span>
      </figcaption>
    </figure>
  );
}
