// What the open profile consists of, and whether its file is still the one that was opened.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
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

/** Whether the file on the disk is another one than when this was first asked. */
export function useChangedOnDisk(filename: string): { readonly changed: boolean; readonly accept: () => void } {
  const { data: version } = useQuery({
    queryKey: ["version", filename],
    queryFn: ({ signal }) => fetchVersion(filename, signal),
    staleTime: 0,
    refetchInterval: LOOK_MS,
    refetchOnWindowFocus: true,
    retry: false,
  });
  const [seen, setSeen] = useState(version);
  if (seen === undefined && version !== undefined) setSeen(version);
  return { changed: seen !== undefined && version !== undefined && seen !== version, accept: () => setSeen(version) };
}
