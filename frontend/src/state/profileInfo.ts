// What the open profile consists of, and whether its file is still the one that was opened.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "../api/client";
import { fetchProfileInfo, fetchVersion } from "../api/profiles";

/** @param ready whether the profile is open: asking before would only wait beside the heatmap */
export function useProfileInfo(filename: string, type: string, ready: boolean) {
  return useQuery({
    queryKey: ["info", filename, type],
    queryFn: ({ signal }) => fetchProfileInfo(filename, type, signal),
    enabled: ready && filename !== "",
    retry: false,
  });
}

/** A file is looked at this often while its page is seen; a server that falls silent is noticed by it, too. */
const LOOK_MS = 5000;

/** What became of an open file: another one stands in its place, it is gone, or the server may no longer read it. */
export type FileFate = "same" | "changed" | "deleted" | "unreadable";
const FATES: ReadonlyMap<number, FileFate> = new Map([
  [404, "deleted"],
  [403, "unreadable"],
]);

export function versionQuery(filename: string) {
  return queryOptions({ queryKey: ["version", filename], queryFn: ({ signal }) => fetchVersion(filename, signal), retry: false });
}

/** The file on the disk beside what it was when this was first asked; `accept` takes it as it is now. */
export function useFileFate(filename: string): { readonly fate: FileFate; readonly accept: () => void } {
  const { data: version, error } = useQuery({
    ...versionQuery(filename),
    staleTime: 0,
    refetchInterval: LOOK_MS,
    refetchOnWindowFocus: true,
  });
  const [seen, setSeen] = useState(version);
  if (seen === undefined && version !== undefined) setSeen(version);
  const gone = error instanceof ApiError ? FATES.get(error.status) : undefined;
  // What was never there is said where it was asked for.
  const fate = seen === undefined ? "same" : (gone ?? (seen === version ? "same" : "changed"));
  return { fate, accept: () => setSeen(version) };
}
