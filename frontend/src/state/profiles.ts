// The profile list as state: fetched when the page opens, when the window gets the focus, and every second while the
// server still looks at new files.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { fetchProfiles } from "../api/profiles";

const PENDING_MS = 1000;
/** The list of a server that reaches its directory or bucket is at most some seconds old. */
const OLD_SECONDS = 10;

const LIST = queryOptions({
  queryKey: ["profiles"],
  queryFn: ({ signal }) => fetchProfiles(signal),
  refetchInterval: ({ state }) => (state.data?.pending ? PENDING_MS : false),
  staleTime: 0,
  refetchOnWindowFocus: true,
});

export function useProfiles() {
  return useQuery({ ...LIST, select: ({ files }) => files });
}

/** Return the time of the shown list in milliseconds if it is old, and a function to refresh it. useProfiles fetches the list. */
export function useOldList(): { readonly time: number | undefined; readonly refresh: () => void } {
  const { data: age = 0, dataUpdatedAt, refetch } = useQuery({ ...LIST, refetchOnMount: false, select: ({ age }) => age });
  return { time: age < OLD_SECONDS ? undefined : dataUpdatedAt - 1000 * age, refresh: () => void refetch() };
}
