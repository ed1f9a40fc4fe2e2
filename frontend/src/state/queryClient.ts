// One cache of answers. They stay fresh: a profile seldom changes while it is open, and then the user decides when to
// load it again (state/explorer/profileInfo.ts). A refused request is sent once a visit, however many parts of the
// screen need its answer. A request is repeated if the server is busy, or if the file changed while it was read.
import { notifyManager, QueryClient } from "@tanstack/react-query";
import { statusOf } from "../api/client";
import { PASSING, SILENT } from "../lib/status";
import { isFinal } from "./faults";

/** Parts of a screen that show the same refusal come within this time. */
const SAME_VISIT_MS = 5000;

// Answers are drawn in a task behind those that are there already: several that came during a long rendering cost one
// more, not one each. The library would wait for a timer, which a busy browser runs a frame later.
let waiting: (() => void)[] = [];
notifyManager.setScheduler((notify) => {
  if (waiting.push(notify) > 1) return;
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    const arrived = waiting;
    waiting = [];
    for (const one of arrived) one();
  };
  port2.postMessage(undefined);
});

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
