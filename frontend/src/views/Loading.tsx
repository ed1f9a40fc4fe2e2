// A moving bar instead of a blank page, with a length once the progress is known.
import { Progress } from "@mantine/core";
import classes from "./Loading.module.css";

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
      <Progress
        size="sm"
        value={known ? fraction * 100 : 100}
        striped={!known}
        animated={!known}
        aria-label={label}
        transitionDuration={200}
      />
    </div>
  );
}
