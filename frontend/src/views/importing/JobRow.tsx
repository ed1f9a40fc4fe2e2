// One job in the corner: a line, a bar, and a button for its details.
import { Button, CloseButton } from "@mantine/core";
import { isActive, isAnswerable, shortError, summarize, titleOf } from "../../model/jobs/jobs";
import { useRemoveJob } from "../../state/jobs/imports";
import { requestOfJob } from "../../state/jobs/importsStorage";
import type { WatchedJob } from "../../types/imports";
import { useImporting } from "./context";
import { JobProgress } from "./JobProgress";
import classes from "./importing.module.css";

export function JobRow({ job }: { readonly job: WatchedJob }) {
  const { showJob } = useImporting();
  const remove = useRemoveJob();
  const summary = summarize(job, requestOfJob(job.id));
  const title = titleOf(job);
  const answerable = isAnswerable(summary.question);
  const failed = job.state === "failed" && !answerable;
  const label = answerable ? "Answer" : "Details";
  return (
    <li
      data-testid="job-item"
      data-id={job.id}
      data-kind={job.kind}
      data-state={job.state}
      data-step={job.step}
      data-filename={job.filename ?? undefined}
    >
      <div className={classes.rowHead}>
        <span className={classes.rowName} title={title}>
          <bdi>{title}</bdi>
        </span>
        <Button onClick={() => showJob(job.id)} aria-label={`${label}: ${title}`} data-testid="job-show">
          {label}
        </Button>
        {!isActive(job) && (
          <CloseButton
            size="sm"
            onClick={() => remove.mutate(job.id)}
            aria-label={`Remove from this list: ${title}`}
            data-testid="job-dismiss"
          />
        )}
      </div>
      {isActive(job) && <JobProgress label={title} summary={summary} />}
      <div className={failed ? classes.rowError : classes.dim}>
        {failed && job.error !== null ? shortError(job.error) : summary.status}
      </div>
    </li>
  );
}
