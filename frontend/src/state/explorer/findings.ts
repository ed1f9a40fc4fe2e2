// The findings of the open profile. They are of the whole profile, whatever is selected.
import { useQuery } from "@tanstack/react-query";
import { fetchFindings } from "../../api/findings";

/** @param ready whether the profile is open: nothing waits for findings */
export function useFindings(filename: string, type: string, ready: boolean) {
  return useQuery({
    queryKey: ["findings", filename, type],
    queryFn: ({ signal }) => fetchFindings(filename, type, signal),
    enabled: ready && filename !== "",
    retry: false,
  });
}
