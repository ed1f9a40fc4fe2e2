// @vitest-environment jsdom
import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WHOLE_CUT } from "../types/explorer";
import { seconds } from "../types/units";
import { useFlameGraph } from "./flamegraph";
import { createQueryClient } from "./queryClient";

interface Pending {
  readonly end: string;
  readonly nodes: string | null;
  readonly signal: AbortSignal;
  readonly answer: () => void;
}
let asked: Pending[] = [];

beforeEach(() => {
  asked = [];
  vi.stubGlobal("fetch", (url: string, { signal }: { signal: AbortSignal }) => {
    const { searchParams } = new URL(url, "http://x/");
    const end = searchParams.get("end") ?? "all";
    const nodes = searchParams.get("nodes");
    return new Promise<Response>((resolve, reject) => {
      asked.push({ end, nodes, signal, answer: () => resolve(Response.json({ samples: end })) });
      signal.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
    });
  });
});
afterEach(() => vi.unstubAllGlobals());

const requestTo = (end: number | undefined) => ({
  filename: "f",
  type: "perf",
  cut: WHOLE_CUT,
  inverted: false,
  range: end === undefined ? undefined : { start: seconds(0), end: seconds(end) },
});

function follow() {
  const client = createQueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  return renderHook(({ end, live }: { end: number | undefined; live: boolean }) => useFlameGraph(requestTo(end), { live, whole: false }), {
    wrapper,
    initialProps: { end: undefined as number | undefined, live: false },
  });
}
const ends = () => asked.map(({ end }) => end);
const answerLast = () => act(async () => Promise.resolve(asked.at(-1)!.answer()));

describe("a flame graph that follows a drag", () => {
  it("has one request under way, then asks for the newest range, and keeps the old graph meanwhile", async () => {
    const { result, rerender } = follow();
    await waitFor(() => expect(asked).toHaveLength(1));
    await answerLast();
    await waitFor(() => expect(result.current.data?.samples).toBe("all"));
    for (const end of [1, 2, 3]) rerender({ end, live: true });
    await waitFor(() => expect(ends()).toEqual(["all", "1"]));
    expect(result.current.data?.samples).toBe("all");
    expect(result.current.isBehind).toBe(true);
    await answerLast();
    await waitFor(() => expect(ends()).toEqual(["all", "1", "3"]));
    expect(asked[1]!.signal.aborted).toBe(false);
    await answerLast();
    await waitFor(() => expect(result.current.data?.samples).toBe("3"));
    expect(result.current.isBehind).toBe(false);
  });

  it("aborts a stale request at the end of the drag", async () => {
    const { rerender } = follow();
    await waitFor(() => expect(asked).toHaveLength(1));
    await answerLast();
    rerender({ end: 1, live: true });
    await waitFor(() => expect(asked).toHaveLength(2));
    rerender({ end: 2, live: true });
    rerender({ end: 2, live: false });
    await waitFor(() => expect(ends()).toEqual(["all", "1", "2"]));
    expect(asked[1]!.signal.aborted).toBe(true);
    expect(asked[2]!.signal.aborted).toBe(false);
  });

  it("aborts a stale request when the pointer rests", async () => {
    const { rerender } = follow();
    await waitFor(() => expect(asked).toHaveLength(1));
    await answerLast();
    rerender({ end: 1, live: true });
    await waitFor(() => expect(asked).toHaveLength(2));
    rerender({ end: 2, live: true });
    expect(ends()).toEqual(["all", "1"]);
    await waitFor(() => expect(ends()).toEqual(["all", "1", "2"]));
    expect(asked[1]!.signal.aborted).toBe(true);
  });

  it("is coarse while the range changes, and whole when it is chosen", async () => {
    const { result, rerender } = follow();
    await waitFor(() => expect(asked).toHaveLength(1));
    await answerLast();
    rerender({ end: 1, live: true });
    await waitFor(() => expect(asked).toHaveLength(2));
    await answerLast();
    await waitFor(() => expect(result.current.isBehind).toBe(false));
    rerender({ end: 1, live: false });
    expect(result.current.isBehind).toBe(true);
    await waitFor(() => expect(asked).toHaveLength(3));
    expect(asked.map(({ end, nodes }) => [end, nodes])).toEqual([
      ["all", null],
      ["1", "4000"],
      ["1", null],
    ]);
  });
});
