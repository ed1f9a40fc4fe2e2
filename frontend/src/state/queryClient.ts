// One cache of answers. A profile seldom changes under its name while it is open, and then the user is asked
// (state/explorer/profileInfo.ts), so answers stay fresh. A refusal is asked for once a visit, however many parts of the
// screen wait for it. A server that is busy, or reads a file while it changes, is asked again.
import { notifyManager, QueryClient } from "@tanstack/react-query";
import { statusOf } from "../api/client";
import { PASSING, SILENT } from "../lib/status";
import { isFinal } from "./faults";

/** Parts of a screen that show the same refusal come within this time. */
const SAME_VISIT_MS = 5000;

// An answer is drawn in the task that brings it. The library would wait for a timer, which a browser that is
// busy with a drag runs a frame later.
notifyManager.setScheduler(queueMicrotask);

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Infinity,
        gcTime: 60_000,
        refetchOnWindowFocus: false,
        retry: (failures, error) => PASSING.includes(statusOf(error) ?? SILENT) && failures < 3,
        retryOnMount: ({ state: { error, errorUpdatedAt } }) => !isFinal(error) || Date.now() - errorUpdatedAt > SAME_VISIT_MS,
        // Answers are large flat arrays: comparing them value by value costs more than a new object.
        structuralSharing: false,
      },
    },
  });
}
