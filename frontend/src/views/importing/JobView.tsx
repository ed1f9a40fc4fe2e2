// A job: its steps, its progress, and its error in the server's words with the next action.
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { isActive, isAnswerable, summarize, type JobSummary } from "../../model/jobs/jobs";
import { useFinishJob, useRemoveJob } from "../../state/jobs/imports";
import { requestOfJob } from "../../state/jobs/importsStorage";
import type { WatchedJob } from "../../types/imports";
import { Loading } from "../shared/Loading";
import type { Shown } from "./context";
import { JobProgress } from "./JobProgress";
import { JobQuestion } from "./JobQuestion";
import { linkTo } from "./useJobWatch";
import classes from "./importing.module.css";

interface JobViewProps {
  readonly job: WatchedJob | undefined;
  readonly loading: boolean;
  /** The error of the last poll. */
  readonly unreachable: Error | null;
  readonly onShow: (shown: Shown) => void;
  readonly onClose: () => void;
}

export function JobView({ job, loading, unreachable, onShow, onClose }: JobViewProps) {
  if (job === undefined && loading) return <Loading label="Looking for the job" />;
  if (job === undefined) {
    return <p data-testid="job-gone">The server no longer knows this job. It may have been restarted.</p>;
  }
  const summary = summarize(job, requestOfJob(job.id));
  return (
    <div
      className={classes.job}
      data-testid="job-view"
      data-id={job.id}
      data-state={job.state}
      data-step={job.step}
      data-question={summary.question}
    >
      <Steps summary={summary} />
      {isActive(job) && <JobProgress label="Progress" summary={summary} />}
      <p className={classes.dim} data-testid="job-status">
        {summary.status}
      </p>
      {unreachable && isActive(job) && <p className={classes.formError}>{unreachable.message}</p>}
      {job.warnings.map((warning) => (
        <p key={warning} className={classes.warning} data-testid="job-warning">
          {warning}
        </p>
      ))}
      {job.state === "failed" && !isAnswerable(summary.question) && (
        <p className={classes.jobError} role="alert" data-testid="job-error">
          {job.error}
        </p>
      )}
      <JobQuestion job={job} question={summary.question} onStarted={(id) => onShow({ job: id })} />
      <JobButtons job={job} onShow={onShow} onClose={onClose} />
    </div>
  );
}

function Steps({ summary }: { readonly summary: JobSummary }) {
  return (
    <ol className={classes.steps} aria-label="Steps">
      {summary.steps.map(({ name, title, state }) => (
        <li
          key={name}
          className={classes[state]}
          aria-current={state === "now" ? "step" : undefined}
          data-testid="job-step"
          data-step={name}
          data-state={state}
        >
          <span aria-hidden>{SIGNS[state]}</span> {title}
          <span className="visually-hidden">{`, ${STATE_WORDS[state]}`}</span>
        </li>
      ))}
    </ol>
  );
}

const SIGNS = { done: "✓", now: "●", todo: "○", failed: "✕" } as const;
const STATE_WORDS = { done: "done", now: "under way", todo: "not begun", failed: "stopped here" } as const;

function JobButtons({ job, onShow, onClose }: Pick<JobViewProps, "onShow" | "onClose"> & { readonly job: WatchedJob }) {
  const remove = useRemoveJob();
  const finish = useFinishJob();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { filename } = job;
  const open = async () => {
    const link = filename === null ? undefined : await linkTo(client, filename);
    onClose();
    if (link !== undefined) void navigate(link);
  };
  return (
    <div className={classes.buttons}>
      {isActive(job) && (
        <>
          {job.step === "recording" && job.state === "running" && (
            <Button
              className={classes.primary}
              onClick={() => finish.mutate(job.id)}
              disabled={finish.isPending || remove.isPending}
              data-testid="job-finish"
            >
              Stop and keep
            </Button>
          )}
          <Button onClick={() => remove.mutate(job.id)} disabled={remove.isPending} data-testid="job-cancel">
            {remove.isSuccess ? "Stopping…" : job.kind === "ssh" ? "Cancel the import" : "Cancel the recording"}
          </Button>
          <Button onClick={onClose} data-testid="job-background">
            Continue in the background
          </Button>
        </>
      )}
      {(job.state === "failed" || job.state === "cancelled") && (
        <Button onClick={() => onShow({ form: job.kind })} data-testid="job-form">
          Back to the form
        </Button>
      )}
      {job.state === "done" && (
        <Button className={classes.primary} onClick={() => void open()} data-testid="job-open">
          Open the profile
        </Button>
      )}
    </div>
  );
}
