// @vitest-environment jsdom
import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WHOLE_CUT } from "../../types/explorer";
import { seconds } from "../../types/units";
import { LIVE_NODES, useFlameGraph } from "./flamegraph";
import { Signal } from "../signal";
import { createQueryClient } from "../queryClient";

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

function follow(most?: { readonly nodes: number | undefined }) {
  const client = createQueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  const pointer = new Signal(0);
  const following = { signals: [pointer], request: () => requestTo(pointer.value), nodes: most ? most.nodes : LIVE_NODES };
  let renders = 0;
  const hook = renderHook(
    ({ end, live }: { end: number | undefined; live: boolean }) => {
      renders += 1;
      return useFlameGraph(requestTo(end), { ...following, live });
    },
    { wrapper, initialProps: { end: undefined as number | undefined, live: false } },
  );
  return { ...hook, pointer, renders: () => renders, liveSamples: () => hook.result.current.liveAnswer.value?.samples };
}
const ends = () => asked.map(({ end }) => end);
const answer = (at: number) => act(async () => Promise.resolve(asked.at(at)!.answer()));

describe("a flame graph that follows a drag", () => {
  it("gives a live answer apart, without rendering, and keeps the graph at rest", async () => {
    const { result, rerender, pointer, renders, liveSamples } = follow();
    await waitFor(() => expect(asked).toHaveLength(1));
    await answer(-1);
    await waitFor(() => expect(result.current.data?.samples).toBe("all"));
    pointer.set(1);
    expect(ends()).toEqual(["all"]);
    rerender({ end: undefined, live: true });
    expect(ends()).toEqual(["all", "1"]);
    const before = renders();
    for (const end of [2, 3, 4]) pointer.set(end);
    expect(ends()).toEqual(["all", "1"]);
    expect(result.current.liveBehind.value).toBe(true);
    await answer(-1);
    expect(ends()).toEqual(["all", "1", "4"]);
    expect(liveSamples()).toBe("1");
    await answer(-1);
    expect(liveSamples()).toBe("4");
    expect(result.current.liveBehind.value).toBe(false);
    expect(result.current.data?.samples).toBe("all");
    expect(renders()).toBe(before);
  });

  it("gives the answer a second time when its picture is on the screen, but not after the drag", async () => {
    const frames: FrameRequestCallback[] = [];
    vi.stubGlobal("requestAnimationFrame", (callback: FrameRequestCallback) => frames.push(callback));
    const { result, rerender } = follow();
    const later = () => result.current.laterAnswer.value?.samples;
    await waitFor(() => expect(asked).toHaveLength(1));
    await answer(-1);
    rerender({ end: undefined, live: true });
    await answer(-1);
    await waitFor(() => expect([frames.length, result.current.liveAnswer.value?.samples, later()]).toEqual([1, "0", undefined]));
    frames[0]!(0);
    await waitFor(() => expect(later()).toBe("0"));
    rerender({ end: undefined, live: false });
    expect(later()).toBe(undefined);
  });

  it("aborts what is under way at the end, and keeps the last graph until the whole one is there", async () => {
    const { result, rerender, pointer, liveSamples } = follow();
    await waitFor(() => expect(asked).toHaveLength(1));
    await answer(-1);
    pointer.set(1);
    rerender({ end: undefined, live: true });
    await answer(-1);
    pointer.set(2);
    rerender({ end: 2, live: false });
    await waitFor(() => expect(asked).toHaveLength(4));
    expect(asked.map(({ end, nodes }) => [end, nodes])).toEqual([
      ["all", null],
      ["1", "2000"],
      ["2", "2000"],
      ["2", null],
    ]);
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([false, false, true, false]);
    expect(liveSamples()).toBe("1");
    expect(result.current.isBehind).toBe(true);
    await answer(-1);
    await waitFor(() => expect(result.current.isBehind).toBe(false));
    expect(result.current.data?.samples).toBe("2");
    expect(liveSamples()).toBe(undefined);
  });

  it("goes back to the graph at rest where a drag is given up", async () => {
    const { result, rerender, pointer, liveSamples } = follow();
    await waitFor(() => expect(asked).toHaveLength(1));
    await answer(-1);
    pointer.set(1);
    rerender({ end: undefined, live: true });
    await answer(-1);
    expect(liveSamples()).toBe("1");
    rerender({ end: undefined, live: false });
    expect(liveSamples()).toBe(undefined);
    expect(result.current.data?.samples).toBe("all");
    expect(ends()).toEqual(["all", "1"]);
  });

  it("asks for all nodes where thin frames are looked at", async () => {
    const { rerender, pointer } = follow({ nodes: undefined });
    await waitFor(() => expect(asked).toHaveLength(1));
    pointer.set(1);
    rerender({ end: undefined, live: true });
    expect(asked.map(({ nodes }) => nodes)).toEqual([null, null]);
  });
});
