// @vitest-environment jsdom
import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { WHOLE_CUT } from "../../types/explorer";
import { seconds } from "../../types/units";
import type { FlameGraphAnswer } from "../../types/wire";
import { useLiveBreakdown } from "./breakdown";
import type { FollowedGraph } from "./flamegraph";
import { createQueryClient } from "../queryClient";
import { Signal } from "../signal";

let asked: string[] = [];

beforeEach(() => {
  asked = [];
  vi.stubGlobal("fetch", (url: string) => {
    const end = new URL(url, "http://x/").searchParams.get("end") ?? "all";
    asked.push(end);
    return Promise.resolve(Response.json({ samples: end }));
  });
});
afterEach(() => vi.unstubAllGlobals());

const requestTo = (end: number | undefined) => ({
  ...{ filename: "f", type: "perf", cut: WHOLE_CUT, by: "comm" as const, limit: 9 },
  range: end === undefined ? undefined : { start: seconds(0), end: seconds(end) },
});

function follow(carried: boolean) {
  const client = createQueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>;
  const [pointer, liveAnswer] = [new Signal(0), new Signal<FlameGraphAnswer | undefined>(undefined)];
  const graph: FollowedGraph = { data: undefined, isBehind: false, liveAnswer, laterAnswer: liveAnswer, liveBehind: new Signal(false) };
  const following = { signals: [pointer], request: () => requestTo(pointer.value) };
  const hook = renderHook(
    ({ end, live }: { end: number | undefined; live: boolean }) =>
      useLiveBreakdown(requestTo(end), { ...following, live }, true, carried ? graph : undefined),
    { wrapper, initialProps: { end: undefined as number | undefined, live: false } },
  );
  const drawn = (end: number, breakdown: unknown) => act(() => liveAnswer.set({ start: 0, end, breakdown } as FlameGraphAnswer));
  return { ...hook, pointer, drawn, live: () => hook.result.current.liveAnswer.value };
}

it("takes the breakdowns of a drag from the answers of its graph, and asks for the one at rest", async () => {
  const { result, rerender, pointer, drawn, live } = follow(true);
  await waitFor(() => expect(result.current.data?.samples).toBe("all"));
  rerender({ end: undefined, live: true });
  pointer.set(1);
  expect(live()).toBe(undefined);
  drawn(1, { samples: 11 });
  expect(live()).toEqual({ samples: 11, range: { start: 0, end: 1 } });
  pointer.set(2);
  drawn(2, undefined);
  expect(live()?.samples).toBe(11);
  expect(asked).toEqual(["all"]);
  rerender({ end: 2, live: false });
  expect(live()?.samples).toBe(11);
  await waitFor(() => expect(result.current.data?.samples).toBe("2"));
  await waitFor(() => expect(live()).toBe(undefined));
  expect(asked).toEqual(["all", "2"]);
  drawn(3, { samples: 33 });
  expect(live()).toBe(undefined);
});

it("asks by itself where no graph brings them", async () => {
  const { result, rerender, pointer, drawn, live } = follow(false);
  await waitFor(() => expect(result.current.data?.samples).toBe("all"));
  pointer.set(1);
  rerender({ end: undefined, live: true });
  await waitFor(() => expect(live()?.samples).toBe("1"));
  drawn(2, { samples: 22 });
  expect(live()?.samples).toBe("1");
  expect(asked).toEqual(["all", "1"]);
});
