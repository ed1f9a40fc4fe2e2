// What the open profile consists of, and whether its file is still the one that was opened.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { fetchProfileInfo, fetchProfiles } from "../api/profiles";

/** @param ready whether the profile is open: asking before would only wait beside the heatmap */
export function useProfileInfo(filename: string, type: string, ready: boolean) {
  return useQuery({
    queryKey: ["info", filename, type],
    queryFn: ({ signal }) => fetchProfileInfo(filename, type, signal),
    enabled: ready && filename !== "",
    retry: false,
  });
}

/** Whether the file on the disk is another one than when this was first asked; looked at again on coming back. */
export function useChangedOnDisk(filename: string): { readonly changed: boolean; readonly accept: () => void } {
  const { data } = useQuery({
    queryKey: ["profiles"],
    queryFn: ({ signal }) => fetchProfiles(signal),
    staleTime: 0,
    refetchOnWindowFocus: true,
    retry: false,
  });
  const item = data?.find((one) => one.filename === filename);
  const stamp = item && `${item.size ?? ""} ${item.modified ?? ""}`;
  const [seen, setSeen] = useState(stamp);
  if (seen === undefined && stamp !== undefined) setSeen(stamp);
  return { changed: seen !== undefined && stamp !== undefined && seen !== stamp, accept: () => setSeen(stamp) };
}
