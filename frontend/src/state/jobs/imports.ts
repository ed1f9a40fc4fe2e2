// Jobs as state: polled while one is in progress, and not otherwise.
import { useMutation, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { fetchCommands, fetchJobs, fetchOffer, finishJob, removeJob, startJob } from "../../api/imports";
import { addRatePoint } from "../../lib/rate";
import type { ImportRequest, Job, RecordBody, WatchedJob } from "../../types/imports";
import { awaitJob, rememberRequest } from "./importsStorage";

const JOBS = ["jobs"];
const EVERY_MS = 1000;

/** The permissions of the server; undefined until they are known, and from a server without them. */
export function useOffer() {
  return useQuery({ queryKey: ["import-offer"], queryFn: ({ signal }) => fetchOffer(signal), retry: false });
}

export function useJobs(enabled: boolean) {
  return useQuery({
    queryKey: JOBS,
    queryFn: async ({ signal, client }) => watched(client, await fetchJobs(signal)),
    enabled,
    staleTime: 0,
    retry: false,
    refetchOnWindowFocus: "always",
    refetchInterval: ({ state }) => (state.data?.some(isUnderWay) ? EVERY_MS : false),
  });
}

/** Start a job that this tab then waits for. `instead` is a failed job that is removed when this one starts. */
export function useStartJob() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ request, instead }: { readonly request: ImportRequest; readonly instead?: string }) => {
      const job = await startJob(request);
      if (instead !== undefined) await removeJob(instead).catch(() => undefined);
      return job;
    },
    onSuccess: async (job, { request }) => {
      rememberRequest(job.id, request);
      awaitJob(job.id);
      await client.cancelQueries({ queryKey: JOBS });
      client.setQueryData<readonly WatchedJob[]>(JOBS, (jobs = []) => [{ ...job, ratePoints: [] }, ...jobs]);
      void client.invalidateQueries({ queryKey: JOBS });
    },
  });
}

/** The commands of a recording, as the form has it now; undefined while it has errors. */
export function useCommands(body: RecordBody | undefined) {
  return useQuery({
    queryKey: ["import-commands", body],
    queryFn: () => fetchCommands(body!),
    enabled: body !== undefined,
    retry: false,
    placeholderData: (last) => last,
  });
}

/** Ends a recording early and keeps it. */
export function useFinishJob() {
  const client = useQueryClient();
  return useMutation({ mutationFn: finishJob, onSettled: () => client.invalidateQueries({ queryKey: JOBS }) });
}

/** Cancels a job that runs; forgets one that is over. */
export function useRemoveJob() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: removeJob,
    // Also after an error: the job may be gone.
    onSettled: () => client.invalidateQueries({ queryKey: JOBS }),
  });
}

function isUnderWay({ state }: Job): boolean {
  return state === "queued" || state === "running";
}

/** Add to each job its bytes at each poll. */
function watched(client: QueryClient, jobs: readonly Job[]): readonly WatchedJob[] {
  const before = client.getQueryData<readonly WatchedJob[]>(JOBS) ?? [];
  const at = performance.now();
  return jobs.map((job) => {
    const ratePoints = before.find(({ id }) => id === job.id)?.ratePoints ?? [];
    return { ...job, ratePoints: job.step === "reading" ? addRatePoint(ratePoints, { at, bytes: job.done }) : [] };
  });
}
