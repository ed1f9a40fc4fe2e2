// The server's progress with the first reading of a profile, polled while another request waits.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { statusOf } from "../../api/client";
import { fetchProgress } from "../../api/profiles";
import { NOT_FOUND } from "../../lib/status";

const EVERY_MS = 300;
/** Most profiles are open sooner and need no progress. */
const FIRST_AFTER_MS = 500;

/** Share of the file read, 0…1; undefined while unknown. */
export function useProgress(filename: string, waiting: boolean): number | undefined {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!waiting) return;
    const timer = setTimeout(() => setLate(true), FIRST_AFTER_MS);
    return () => clearTimeout(timer);
  }, [waiting]);
  const { data } = useQuery({
    queryKey: ["progress", filename],
    queryFn: ({ signal }) => fetchProgress(filename, signal),
    enabled: waiting && late,
    gcTime: 0,
    staleTime: 0,
    retry: false,
    // A server without progress is not asked again.
    refetchInterval: ({ state }) => (statusOf(state.error) === NOT_FOUND ? false : EVERY_MS),
  });
  if (!waiting || data?.state !== "parsing" || data.size <= 0) return undefined;
  return Math.min(data.done / data.size, 1);
}
