// Watches jobs end. The list of profiles is stale then, and the profile that this tab waits for opens, unless
// another one is open already.
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useLocation, useNavigate } from "react-router";
import { fetchProfiles } from "../../api/profiles";
import { isActive } from "../../model/jobs/jobs";
import { isProfile } from "../../model/profiles/list/profileList";
import { EXPLORE_PATH, explorerLink, typeInLink } from "../../state/explorer/explorerUrl";
import { awaitedJobs, forgetAwaited } from "../../state/jobs/importsStorage";
import type { Job } from "../../types/imports";

/** `shown`: the job in the dialog, which `close` closes; it opens its profile wherever one is. */
export function useJobWatch(jobs: readonly Job[] | undefined, shown: string | undefined, close: () => void): void {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const active = useRef<readonly string[]>([]);
  useEffect(() => {
    if (jobs === undefined) return;
    const ended = jobs.filter((job) => !isActive(job));
    if (ended.some(({ id }) => active.current.includes(id))) void client.invalidateQueries({ queryKey: ["profiles"] });
    active.current = jobs.filter(isActive).map(({ id }) => id);
    const awaited = awaitedJobs();
    // The profile of the recording in the dialog opens with its first samples, once: its steps can be looked at later.
    const watched = jobs.find((job) => job.id === shown && job.live !== null && isActive(job));
    if (watched?.live != null && awaited.includes(watched.id)) {
      forgetAwaited(watched.id);
      close();
      void navigate(explorerLink({ file: watched.live, type: "perf" }));
    }
    for (const { id, state, filename } of ended.filter((job) => awaited.includes(job.id))) {
      forgetAwaited(id);
      const wanted = shown === id || (shown === undefined && pathname !== EXPLORE_PATH);
      if (state !== "done" || filename === null || !wanted) continue;
      void linkTo(client, filename).then((link) => {
        if (link === undefined) return;
        close();
        void navigate(link);
      });
    }
  }, [jobs, shown, close, client, navigate, pathname]);
}

/** The link to a profile; undefined for a file that cannot be opened. */
export async function linkTo(client: QueryClient, filename: string): Promise<string | undefined> {
  const listed = await client
    .fetchQuery({ queryKey: ["profiles"], queryFn: ({ signal }) => fetchProfiles(signal), staleTime: 0 })
    .then(({ files }) => files)
    .catch(() => []);
  const item = listed.find((one) => one.filename === filename) ?? { filename, type: "perf", size: 0 };
  return isProfile(item) ? explorerLink({ file: filename, type: typeInLink(item.type) }) : undefined;
}
