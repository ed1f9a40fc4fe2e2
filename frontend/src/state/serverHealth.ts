// Whether the server answers. Any request without an answer marks it as silent. From then on a small request is
// repeated, and failed requests are sent again once it succeeds.
import { useQueryClient, type Query } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { statusOf } from "../api/client";
import { fetchFilters } from "../api/flamegraph";
import { SILENT } from "../lib/status";

const EVERY_MS = 2000;

export function useServerAnswers(): boolean {
  const queryClient = useQueryClient();
  const [silent, setSilent] = useState(false);
  useEffect(
    () =>
      queryClient.getQueryCache().subscribe(({ query }) => {
        if (isUnanswered(query)) setSilent(true);
      }),
    [queryClient],
  );
  useEffect(() => {
    if (!silent) return;
    const asking = new AbortController();
    const timer = setInterval(() => {
      fetchFilters(asking.signal).then(
        () => {
          setSilent(false);
          void queryClient.refetchQueries({ predicate: isUnanswered });
        },
        () => undefined,
      );
    }, EVERY_MS);
    return () => {
      clearInterval(timer);
      asking.abort();
    };
  }, [silent, queryClient]);
  return !silent;
}

function isUnanswered({ state }: Pick<Query, "state">): boolean {
  return statusOf(state.error) === SILENT;
}
