// A moving bar instead of a blank page, with a length once the progress is known.
import classes from "./Loading.module.css";
import { ProgressBar } from "./ProgressBar";

interface LoadingProps {
  readonly label: string;
  /** Between 0 and 1; absent while unknown. */
  readonly fraction?: number | undefined;
}

export function Loading({ label, fraction }: LoadingProps) {
  const known = fraction !== undefined;
  return (
    <div className={classes.loading} role="status" data-testid="loading" data-fraction={fraction}>
      <span>{known ? `${label} · ${Math.round(fraction * 100)} %` : `${label}…`}</span>
      <ProgressBar label={label} fraction={fraction} />
    </div>
  );
}
