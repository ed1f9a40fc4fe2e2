// When a profile was busy, as a small picture; a row of the list has no room for a heatmap.
import { memo } from "react";
import { STRIP_HEIGHT, STRIP_WIDTH, stripPath } from "../../model/profiles/list/strip";
import classes from "./table.module.css";

export const Strip = memo(function Strip({ activity }: { readonly activity: readonly number[] }) {
  return (
    <svg
      className={classes.strip}
      width={STRIP_WIDTH}
      height={STRIP_HEIGHT}
      viewBox={`0 0 ${STRIP_WIDTH} ${STRIP_HEIGHT}`}
      role="img"
      aria-label="Activity over time"
      data-testid="profile-strip"
      data-samples={activity.reduce((sum, count) => sum + count, 0)}
    >
      <path d={stripPath(activity)} />
    </svg>
  );
});
