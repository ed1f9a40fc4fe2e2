// Above the heatmap of a profile that is still recorded: how long it goes on, its warnings, whether the newest stays
// in view, and the buttons that end it or show its steps.
import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { formatLeft, isActive } from "../../model/jobs/jobs";
import { useFinishJob } from "../../state/jobs/imports";
import { useLiveProfile } from "../../state/jobs/liveProfile";
import { seconds as asSeconds } from "../../types/units";
import type { ChangeExplorer } from "../../state/explorer/useExplorer";
import type { TimeRange, ExplorerState } from "../../types/explorer";
import type { HeatmapRequest } from "../../api/heatmap";
import { useImporting } from "../importing/context";
import classes from "./notices.module.css";

interface LiveBarProps {
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
  readonly request: HeatmapRequest;
  /** Seconds of the profile so far. */
  readonly seconds: number;
  readonly samples: number;
}

/** Longer profiles show so many of their last seconds. */
const FOLLOWED = 120;

export function LiveBar({ state, change, request, seconds, samples }: LiveBarProps) {
  const { jobs, showJob } = useImporting();
  const job = jobs.find(({ live }) => live !== null && live === state.file);
  const finish = useFinishJob();
  useLiveProfile(request, job !== undefined, state.range !== undefined);
  const [follows, setFollows] = useFollow(state.window, seconds, job !== undefined, change);
  useLeaveWithout(job?.id);
  if (job === undefined) return null;
  const reading = job.step !== "recording";
  return (
    <div className={classes.notice} role="status" data-testid="live-bar" data-seconds={seconds} data-samples={samples} data-step={job.step}>
      <span className={classes.live} aria-hidden>
        ●
      </span>
      <span>
        {reading ? "Recorded. Reading the names of functions …" : "Recording"}
        {!reading && job.secondsLeft !== null && ` · ${formatLeft(job.secondsLeft)}`}
      </span>
      <label>
        <input
          type="checkbox"
          checked={follows}
          onChange={(event) => setFollows(event.currentTarget.checked)}
          data-testid="live-follow"
        />{" "}
        Follow the newest
      </label>
      {job.warnings.map((warning) => (
        <span key={warning} data-testid="live-warning">
          {warning}
        </span>
      ))}
      {!reading && (
        <Button onClick={() => finish.mutate(job.id)} disabled={finish.isPending || finish.isSuccess} data-testid="live-stop">
          Stop and keep
        </Button>
      )}
      <Button onClick={() => showJob(job.id)} data-testid="live-job">
        Steps
      </Button>
    </div>
  );
}

/** Leave the profile of a recording that was cancelled or failed, since it is gone; the steps of a failed one tell why. */
function useLeaveWithout(live: string | undefined): void {
  const { jobs, showJob } = useImporting();
  const navigate = useNavigate();
  const watched = useRef<string>(undefined);
  useEffect(() => {
    if (live !== undefined) watched.current = live;
    const ended = jobs.find(({ id }) => id === watched.current);
    if (ended === undefined || isActive(ended)) return;
    watched.current = undefined;
    if (ended.state === "done") return;
    if (ended.state === "failed") showJob(ended.id);
    void navigate("/", { replace: true });
  }, [live, jobs, showJob, navigate]);
}

/** Keep the last seconds in view, until the user looks elsewhere. */
function useFollow(window: TimeRange | undefined, seconds: number, live: boolean, change: ChangeExplorer) {
  const [follows, setFollows] = useState(true);
  const own = useRef<TimeRange>(undefined);
  useEffect(() => {
    if (live && window !== undefined && (window.start !== own.current?.start || window.end !== own.current.end)) {
      own.current = window;
      setFollows(false);
    }
  }, [live, window]);
  useEffect(() => {
    if (!live || !follows || seconds <= FOLLOWED) return;
    own.current = { start: asSeconds(seconds - FOLLOWED), end: asSeconds(seconds) };
    change({ window: own.current }, "replace");
  }, [live, follows, seconds, change]);
  return [follows, setFollows] as const;
}
