// The profile list as state: fetched when the page opens, and again when the window gets the focus.
import { useQuery } from "@tanstack/react-query";
import { fetchProfiles } from "../api/profiles";

export function useProfiles() {
  return useQuery({
    queryKey: ["profiles"],
    queryFn: ({ signal }) => fetchProfiles(signal),
    staleTime: 0,
    refetchOnWindowFocus: true,
  });
}
