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
  const known = fraction !== undefined;
  return (
    <Progress
      size="sm"
      value={known ? fraction * 100 : 100}
      classNames={known ? {} : { section: classes.moving }}
      aria-label={label}
      {...data}
    />
  );
}
