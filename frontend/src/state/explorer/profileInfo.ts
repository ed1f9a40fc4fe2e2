// Facts about the open profile, and whether its file is still the one that was opened.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { statusOf } from "../../api/client";
import { fetchProfileInfo, fetchVersion } from "../../api/profiles";
import { FORBIDDEN, NOT_FOUND, SILENT } from "../../lib/status";
import { isFinal } from "../faults";

/** @param ready whether it is wanted already */
export function useProfileInfo(filename: string, type: string, ready = true) {
  return useQuery({ ...infoQuery(filename, type), enabled: ready && filename !== "" });
}

export function infoQuery(filename: string, type: string) {
  return queryOptions({
    queryKey: ["info", filename, type],
    queryFn: ({ signal }) => fetchProfileInfo(filename, type, signal),
  });
}

/** How often the version of a file is polled while its page is visible. This notices a silent server, too. */
const LOOK_MS = 5000;

/** The state of an open file: replaced by a new version, gone, or no longer readable for the server. */
export type FileFate = "same" | "changed" | "deleted" | "unreadable";
const FATES: ReadonlyMap<number, FileFate> = new Map([
  [NOT_FOUND, "deleted"],
  [FORBIDDEN, "unreadable"],
]);

export function versionQuery(filename: string) {
  return queryOptions({ queryKey: ["version", filename], queryFn: ({ signal }) => fetchVersion(filename, signal), retry: false });
}

/** Compare the file on the disk with its first known version. `accept` takes the present version. */
export function useFileFate(filename: string, live: boolean): { readonly fate: FileFate; readonly accept: () => void } {
  const { data: version, error } = useQuery({
    ...versionQuery(filename),
    staleTime: 0,
    // A file that never existed cannot change. The next try to open it requests its version again.
    refetchInterval: ({ state }) => (state.data === undefined && isFinal(state.error) ? false : LOOK_MS),
    refetchOnWindowFocus: true,
  });
  const [seen, setSeen] = useState(version);
  // While it is recorded, and shortly after, every version is expected.
  const [settling, setSettling] = useState(live);
  if (live && !settling) setSettling(true);
  if ((seen === undefined || settling) && version !== undefined && version !== seen) setSeen(version);
  useEffect(() => {
    if (live || !settling) return;
    const timer = setTimeout(() => setSettling(false), 2 * LOOK_MS);
    return () => clearTimeout(timer);
  }, [live, settling]);
  const gone = FATES.get(statusOf(error) ?? SILENT);
  // The request for a file that never existed shows its own error.
  const fate = seen === undefined ? "same" : (gone ?? (seen === version ? "same" : "changed"));
  return { fate, accept: () => setSeen(version) };
}
