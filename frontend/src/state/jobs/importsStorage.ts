// Stored state of imports: the request of each job, so that it can be repeated with a host key or a pid after a
// reload too, and the jobs that this tab waits for.
import type { ImportRequest } from "../../types/imports";
import { local, readText, session, writeText } from "../browserStorage";

const MEMORY_KEY = "flamescope.import.memory";
const REQUESTS_KEY = "flamescope.import.requests";
const AWAITED_KEY = "flamescope.import.awaited";
const MOST_REQUESTS = 30;

/** Hosts and forms, as model/jobsHosts writes them. */
export const readMemoryText = () => readText(local, MEMORY_KEY);
export const writeMemoryText = (text: string) => writeText(local, MEMORY_KEY, text);

export function rememberRequest(id: string, request: ImportRequest): void {
  const others = requests().filter(([other]) => other !== id);
  writeText(local, REQUESTS_KEY, JSON.stringify([[id, request], ...others].slice(0, MOST_REQUESTS)));
}

export function requestOfJob(id: string): ImportRequest | undefined {
  return requests().find(([other]) => other === id)?.[1];
}

/** Jobs that this tab has started and whose end it has not seen. */
export function awaitedJobs(): readonly string[] {
  const found = parsed(readText(session, AWAITED_KEY));
  return found.filter((id): id is string => typeof id === "string");
}

export function awaitJob(id: string): void {
  writeText(session, AWAITED_KEY, JSON.stringify([...awaitedJobs(), id]));
}

export function forgetAwaited(id: string): void {
  writeText(session, AWAITED_KEY, JSON.stringify(awaitedJobs().filter((other) => other !== id)));
}

function requests(): readonly (readonly [string, ImportRequest])[] {
  const pairs = parsed(readText(local, REQUESTS_KEY));
  return pairs.filter((pair): pair is [string, ImportRequest] => Array.isArray(pair) && typeof pair[0] === "string");
}

function parsed(text: string | null): readonly unknown[] {
  try {
    const found: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}
