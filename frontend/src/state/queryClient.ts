// One cache of answers. A profile seldom changes under its name while it is open, and then the user is asked
// (state/explorer/profileInfo.ts), so answers stay fresh. An error of the server is final. Only a silent server is asked again.
import { notifyManager, QueryClient } from "@tanstack/react-query";
import { ApiError } from "../api/client";

// Too much work at a time for this address, and busy: both pass.
const PASSING = [429, 503];

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
        retry: (failures, error) => error instanceof ApiError && PASSING.includes(error.status) && failures < 3,
        // Answers are large flat arrays: comparing them value by value costs more than a new object.
        structuralSharing: false,
      },
    },
  });
}
