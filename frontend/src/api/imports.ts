// Import jobs over SSH: list the server's options, start, follow and cancel a job.
import type { CaptureBody, FetchBody, ImportOffer, ImportRequest, Job } from "../types/imports";
import { getJson, send } from "./client";

const ROUTES: Readonly<Record<ImportRequest["kind"], string>> = { ssh: "import/ssh", capture: "import/ssh/capture" };

export function fetchOffer(signal: AbortSignal): Promise<ImportOffer> {
  return getJson("import/hosts", signal);
}

export function fetchJobs(signal: AbortSignal): Promise<readonly Job[]> {
  return getJson("import/", signal);
}

export function startJob({ kind, body }: ImportRequest): Promise<Job> {
  return send<Job>("POST", ROUTES[kind], body satisfies FetchBody | CaptureBody);
}

/** Stops a job that runs; forgets one that is over. */
export function removeJob(id: string): Promise<Job> {
  return send("DELETE", `import/${encodeURIComponent(id)}`);
}
