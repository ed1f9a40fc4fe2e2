// How a heatmap is read, as a picture: up the first column, then up the next one. It is shown until something is
// selected.
import explore from "../explore.module.css";
import classes from "./readingDiagram.module.css";

const COLUMNS = [1, 17, 33];
export function ReadingDiagram() {
  return (
    <p className={`${explore.readout} ${classes.line}`} data-testid="heatmap-readout">
      <svg className={classes.diagram} viewBox="0 0 50 24" aria-hidden data-testid="reading-diagram">
        {COLUMNS.map((x) => (
          <rect key={x} x={x} y="1" width="16" height="22" className={classes.column} />
        ))}
        <path d="M9 20V4" className={classes.way} />
        <path d="M9 4 25 20" className={classes.jump} />
        <path d="M25 20V4" className={classes.way} />
        <path d="M25 4 41 20" className={classes.jump} />
        <path d="M41 20V5m-3 3 3-4 3 4" className={classes.way} />
      </svg>
      <span>time runs up · drag to select</span>
    </p>
  );
}
