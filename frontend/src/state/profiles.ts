// The profile list as state: fetched when the page opens, when the window gets the focus, and every second while the
// server still looks at new files.
import { useQuery } from "@tanstack/react-query";
import { fetchProfiles } from "../api/profiles";

const PENDING_MS = 1000;

export function useProfiles() {
  return useQuery({
    queryKey: ["profiles"],
    queryFn: ({ signal }) => fetchProfiles(signal),
    select: ({ files }) => files,
    refetchInterval: ({ state }) => (state.data?.pending ? PENDING_MS : false),
    staleTime: 0,
    refetchOnWindowFocus: true,
  });
}
