// The bar of a job: the progress of its present step.
import type { JobSummary } from "../../model/jobs/jobs";
import { ProgressBar } from "../shared/ProgressBar";

export function JobProgress({ label, summary }: { readonly label: string; readonly summary: JobSummary }) {
  const { fraction, secondsLeft } = summary;
  return (
    <ProgressBar
      label={label}
      fraction={fraction}
      data-testid="job-progress"
      data-fraction={fraction}
      data-seconds-left={secondsLeft === undefined ? undefined : Math.ceil(secondsLeft)}
    />
  );
}
