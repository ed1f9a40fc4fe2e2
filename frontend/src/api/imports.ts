// Jobs that bring files over SSH: what the server offers, start, follow, cancel.
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
