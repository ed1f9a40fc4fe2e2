// The bar of a job: the progress of its present step, or a moving bar while that is unknown.
import { Progress } from "@mantine/core";
import type { JobSummary } from "../../model/jobs/jobs";

export function JobProgress({ label, summary }: { readonly label: string; readonly summary: JobSummary }) {
  const { fraction, secondsLeft } = summary;
  const known = fraction !== undefined;
  return (
    <Progress
      size="sm"
      value={known ? fraction * 100 : 100}
      striped={!known}
      animated={!known}
      aria-label={label}
      transitionDuration={known ? 900 : 0}
      data-testid="job-progress"
      data-fraction={fraction}
      data-seconds-left={secondsLeft === undefined ? undefined : Math.ceil(secondsLeft)}
    />
  );
}
