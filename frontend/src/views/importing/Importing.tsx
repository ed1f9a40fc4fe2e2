// Around every screen: takes files dropped anywhere, shows transfers in a corner, and opens the forms, which are
// loaded only then.
import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useEffect, useMemo, useState, type ReactNode } from "react";
import { useNavigate } from "react-router";
import { formatPlural } from "../../lib/format";
import { isProfile } from "../../model/profiles/list/profileList";
import { isUnderWay, refusalOf } from "../../model/jobs/uploads";
import { explorerLink, typeInLink } from "../../state/explorer/explorerUrl";
import { useJobs, useOffer } from "../../state/jobs/imports";
import { UploadQueue, useUploads } from "../../state/jobs/uploads";
import type { Upload, WatchedJob } from "../../types/imports";
import { ImportingContext, type Importing as ImportingValue, type Shown } from "./context";
import { Dock } from "./Dock";
import { DropTarget } from "./DropTarget";
import { useJobWatch } from "./useJobWatch";

const NO_JOBS: readonly WatchedJob[] = [];

const ImportDialog = lazy(() => import("./ImportDialog"));

export function Importing({ children }: { readonly children: ReactNode }) {
  const offer = useOffer().data;
  const [queue] = useState(() => new UploadQueue());
  const uploads = useUploads(queue);
  const jobsQuery = useJobs(offer?.ssh.enabled === true || offer?.record.enabled === true);
  const jobs = jobsQuery.data ?? NO_JOBS;
  const [shown, setShown] = useState<Shown>();
  const opening = useOpenTaken();
  useJobWatch(jobsQuery.data, shown && "job" in shown ? shown.job : undefined, () => setShown(undefined));
  useLeaveWarning(uploads.some(isUnderWay));

  const upload = useCallback(
    (files: readonly File[]) => {
      void queue.add(files, ({ size }) => refusalOf(size, offer?.maxBytes)).then(opening);
    },
    [queue, offer, opening],
  );
  const value = useMemo<ImportingValue>(
    () => ({ offer, jobs, upload, openForm: (form) => setShown({ form }), showJob: (job) => setShown({ job }) }),
    [offer, jobs, upload],
  );

  return (
    <ImportingContext value={value}>
      <DropTarget>{children}</DropTarget>
      <Dock
        uploads={uploads}
        queue={queue}
        jobs={jobs}
        onAgain={(id, force) => void queue.again(id, force).then((one) => opening([one]))}
      />
      {shown && (
        <Suspense>
          <ImportDialog
            shown={shown}
            jobs={jobsQuery.data}
            error={jobsQuery.error}
            onShow={setShown}
            onClose={() => setShown(undefined)}
          />
        </Suspense>
      )}
      <p className="visually-hidden" role="status">
        {uploads.some(isUnderWay) && `Uploading ${formatPlural(uploads.filter(isUnderWay).length, "file")}`}
      </p>
    </ImportingContext>
  );
}

/** Files that the server took: the list is stale, and a single one opens. */
function useOpenTaken(): (ended: readonly Upload[]) => void {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useCallback(
    (ended) => {
      if (ended.some(({ state }) => state === "done")) void client.invalidateQueries({ queryKey: ["profiles"] });
      const profile = ended.length === 1 ? ended[0]?.profile : undefined;
      if (profile && isProfile(profile)) void navigate(explorerLink({ file: profile.filename, type: typeInLink(profile.type) }));
    },
    [client, navigate],
  );
}

/** The browser asks before a page with half an upload is closed. */
function useLeaveWarning(wanted: boolean): void {
  useEffect(() => {
    if (!wanted) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [wanted]);
}
