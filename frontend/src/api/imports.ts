// Import jobs over SSH: list the server's options, start, follow and cancel a job.
import type { ImportOffer, ImportRequest, Job, RecordBody } from "../types/imports";
import type { Commands } from "../types/api";
import { getJson, send } from "./client";

const ROUTES: Readonly<Record<ImportRequest["kind"], string>> = {
  ssh: "import/ssh",
  capture: "import/ssh/capture",
  record: "import/record",
};

export function fetchOffer(signal: AbortSignal): Promise<ImportOffer> {
  return getJson("import/hosts", signal);
}

export function fetchJobs(signal: AbortSignal): Promise<readonly Job[]> {
  return getJson("import/", signal);
}

export function startJob({ kind, body }: ImportRequest): Promise<Job> {
  return send<Job>("POST", ROUTES[kind], body);
}

/** The commands that a recording would run; nothing is run. */
export async function fetchCommands(body: RecordBody): Promise<readonly string[]> {
  return (await send<Commands>("POST", "import/commands", body)).commands;
}

/** Ends a recording early and keeps it. */
export function finishJob(id: string): Promise<Job> {
  return send("POST", `import/${encodeURIComponent(id)}/finish`);
}

/** Stops a job that runs; forgets one that is over. */
export function removeJob(id: string): Promise<Job> {
  return send("DELETE", `import/${encodeURIComponent(id)}`);
}
