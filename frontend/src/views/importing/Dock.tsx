// The corner with uploads and jobs, those in progress first. The profile list also shows those that have ended.
// Other screens show only those of this tab, so that the corner does not cover the pictures.
import { useState } from "react";
import { useLocation } from "react-router";
import { formatPlural } from "../../lib/format";
import { isActive, isAnswerable, summarize } from "../../model/jobs/jobs";
import { isUnderWay } from "../../model/jobs/uploads";
import type { UploadQueue } from "../../state/jobs/uploads";
import type { Upload, WatchedJob } from "../../types/imports";
import { JobRow } from "./JobRow";
import { UploadRow } from "./UploadRow";
import classes from "./importing.module.css";

interface DockProps {
  readonly uploads: readonly Upload[];
  readonly queue: UploadQueue;
  readonly jobs: readonly WatchedJob[];
  readonly onAgain: (id: number, force: boolean) => void;
}

export function Dock({ uploads, queue, jobs, onAgain }: DockProps) {
  const atHome = useLocation().pathname === "/";
  // undefined: open while something happens or waits for an answer, and while uploads stand here.
  const [chosen, setChosen] = useState<boolean>();
  const active = jobs.filter(isActive);
  const ended = atHome ? jobs.filter((job) => !isActive(job)) : [];
  const shownUploads = atHome ? uploads : uploads.filter(({ state }) => state !== "done");
  if (shownUploads.length + active.length + ended.length === 0) return null;
  const underWay = active.length + uploads.filter(isUnderWay).length;
  const asking = ended.some((job) => isAnswerable(summarize(job).question));
  const open = chosen ?? (asking || underWay > 0 || shownUploads.length > 0);
  return (
    <section className={classes.dock} aria-label="Uploads and imports" data-testid="transfers" data-active={underWay}>
      <h2>
        <button type="button" aria-expanded={open} onClick={() => setChosen(!open)} data-testid="transfers-toggle">
          {underWay > 0 ? `${formatPlural(underWay, "transfer")} in progress` : "Uploads and imports"}
          <span aria-hidden>{open ? "▾" : "▴"}</span>
        </button>
      </h2>
      {open && (
        <ul>
          {shownUploads.map((upload) => (
            <UploadRow key={upload.id} upload={upload} queue={queue} onAgain={onAgain} />
          ))}
          {[...active, ...ended].map((job) => (
            <JobRow key={job.id} job={job} />
          ))}
        </ul>
      )}
    </section>
  );
}
