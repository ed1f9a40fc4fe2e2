// The bar of everything that takes time: its length is the progress, or a part of it moves while that is unknown.
import { Progress } from "@mantine/core";
import classes from "./ProgressBar.module.css";

interface ProgressBarProps {
  readonly label: string;
  /** Between 0 and 1; absent while unknown. */
  readonly fraction?: number | undefined;
  readonly "data-testid"?: string;
  readonly "data-fraction"?: number | undefined;
  readonly "data-seconds-left"?: number | undefined;
}

export function ProgressBar({ label, fraction, ...data }: ProgressBarProps) {
  if (fraction !== undefined) return <Progress size="sm" value={fraction * 100} aria-label={label} {...data} />;
  return (
    <Progress.Root size="sm" {...data}>
      <Progress.Section className={classes.moving} value={100} withAria={false} role="progressbar" aria-label={label} />
    </Progress.Root>
  );
}
