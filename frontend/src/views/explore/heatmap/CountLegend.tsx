// The legend of counts: a step for each count, or forty steps where there are more.
import { css } from "../../../lib/colour";
import { formatCount } from "../../../lib/format";
import { lengthWords, SECOND } from "../../../lib/columnLength";
import { paletteTable, tableIndex } from "../../../model/heatmap/colours/palette";
import type { Merge, Palette } from "../../../types/explorer";
import type { Scheme } from "../../../types/scheme";
import classes from "../explore.module.css";

const STEPS = 40;

interface CountLegendProps {
  readonly maximum: number;
  /** Milliseconds of a column, how many are drawn as one, and how they are joined. */
  readonly columnMs: number;
  readonly merge: number;
  readonly how: Merge;
  /** The unit of the cells; undefined until it is known. */
  readonly unit: string | undefined;
  readonly palette: Palette;
  readonly scheme: Scheme;
  readonly testId?: string;
}

export function CountLegend({ maximum, columnMs, merge, how, unit, palette, scheme, testId = "heatmap-legend" }: CountLegendProps) {
  const plain = columnMs === SECOND ? `${unit ?? "count"} in a cell` : `${unit ?? "count"} in a cell, ${lengthWords(columnMs)} a column`;
  const what = merge === 1 ? plain : `${how === "sum" ? "sum" : "maximum"} of ${lengthWords(columnMs * merge)} a cell`;
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
