// The marks of the open profile: those beside it, and those that the address names.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { fetchMarks, sendMarks } from "../../api/marks";
import { deleteProfile } from "../../api/uploads";
import type { ExplorerState } from "../../types/explorer";

const MARKS = "marks";

/** @param ready whether the profile is open and drawn: nothing waits for marks */
export function useMarks({ file: filename, type, marks, began }: ExplorerState, ready: boolean) {
  const request = { filename, type, marks, began };
  return useQuery({
    queryKey: [MARKS, request],
    queryFn: ({ signal }) => fetchMarks(request, signal),
    enabled: ready && filename !== "",
    retry: false,
  });
}

/** Adds a file of marks to a profile. */
export function useAddMarks(filename: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (file: File) => sendMarks(filename, file),
    onSuccess: () => client.invalidateQueries({ queryKey: [MARKS] }),
  });
}

/** Removes a file of marks from the server. */
export function useRemoveMarks() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: deleteProfile,
    onSuccess: () => client.invalidateQueries({ queryKey: [MARKS] }),
  });
}
