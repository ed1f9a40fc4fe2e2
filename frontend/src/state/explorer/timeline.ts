// The stack chart of the selection, fetched only while it is shown. The old one stays until the new one has arrived.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { fetchTimeline, type TimelineRequest } from "../../api/timeline";

/** Answers are large: keep them only long enough for Back. */
const KEEP_MS = 10_000;

export function useTimeline(request: TimelineRequest) {
  return useQuery({
    queryKey: ["timeline", request],
    queryFn: ({ signal }) => fetchTimeline(request, signal),
    placeholderData: keepPreviousData,
    gcTime: KEEP_MS,
    retry: false,
  });
}
