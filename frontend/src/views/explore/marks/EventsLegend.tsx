// The series of marks with their colours.
import { css } from "../../../lib/colour";
import { formatCount } from "../../../lib/format";
import { visible } from "../../../model/flame/frames/displayName";
import { hueOf } from "../../../model/heatmap/colours/heatColours";
import type { Marks } from "../../../model/marks/marks";
import type { Scheme } from "../../../types/scheme";
import explore from "../explore.module.css";
import classes from "./events.module.css";

export function EventsLegend({ marks: { series }, scheme }: { readonly marks: Marks; readonly scheme: Scheme }) {
  if (series.length === 0) return null;
  return (
    <ul className={`${explore.hues} ${classes.legend}`} aria-label="Marks" data-testid="events-legend">
      {series.map(({ name, hue, count }) => (
        <li key={hue} data-series={name} data-count={count} title={`${name}: ${formatCount(count)}`}>
          <span style={{ background: css(hueOf(hue, scheme)) }} aria-hidden />
          <bdi>{visible(name)}</bdi>
          {formatCount(count)}
        </li>
      ))}
    </ul>
  );
}
