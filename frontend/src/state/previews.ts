// Previews of the files that the list shows, asked for a few at a time, and again while the server reads some of them.
import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { fetchPreviews } from "../api/previews";
import type { PreviewItem, ProfileItem } from "../types/wire";

/** Names of a request: the address has a bound. */
const BATCH = 50;
const READING_MS = 300;
/** A file that is read for longer than this is asked for less often. */
const PATIENT_MS = 3000;
const QUICK_REQUESTS = 20;
/** While the server looks for findings, which come one after the other. */
const LOOKING_MS = 1000;

export type Previews = ReadonlyMap<string, PreviewItem>;

/** @param profiles the shown ones, in any order */
export function usePreviews(profiles: readonly ProfileItem[]): Previews {
  const batches = useMemo(() => batchesOf(profiles), [profiles]);
  return useQueries({
    queries: batches.map((batch) => ({
      // Another version of a file is another question.
      queryKey: ["previews", ...batch.map(({ filename, modified, size }) => `${filename}\n${modified ?? ""}\n${size ?? ""}`)],
      queryFn: ({ signal }: { signal: AbortSignal }) => fetchPreviews(batch.map(({ filename }) => filename), signal),
      refetchInterval: ({ state }: { state: { data?: readonly PreviewItem[] | undefined; dataUpdateCount: number } }) => againAfter(state.data ?? [], state.dataUpdateCount),
      retry: false,
    })),
    combine: combined,
  });
}

/** Milliseconds until the next request, false without one. */
function againAfter(items: readonly PreviewItem[], requests: number): number | false {
  if (items.some(({ state }) => state === "reading")) return requests < QUICK_REQUESTS ? READING_MS : PATIENT_MS;
  if (items.some(({ looking }) => looking)) return requests < 2 * QUICK_REQUESTS ? LOOKING_MS : PATIENT_MS;
  return false;
}

function combined(answers: readonly { readonly data?: readonly PreviewItem[] | undefined }[]): Previews {
  const found = new Map<string, PreviewItem>();
  for (const { data } of answers) for (const item of data ?? []) found.set(item.filename, item);
  return found;
}

/** The same files are the same batches, whatever their order on the screen. */
function batchesOf(profiles: readonly ProfileItem[]): ProfileItem[][] {
  const sorted = [...profiles].sort((a, b) => (a.filename < b.filename ? -1 : 1));
  return Array.from({ length: Math.ceil(sorted.length / BATCH) }, (_, batch) => sorted.slice(batch * BATCH, (batch + 1) * BATCH));
}
