// @vitest-environment jsdom
import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Span } from "../../model/flame/layout/flameLayout";
import { useTimeWindow } from "./useTimeWindow";

const WHOLE = 1_000_000;
const PART = { from: 100_000, samples: 200_000 };

beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "requestAnimationFrame", "cancelAnimationFrame", "performance"] }));
afterEach(() => vi.useRealTimers());

/** A window whose address follows it. */
function windowOf(first: Span | undefined) {
  const reported: (Span | undefined)[] = [];
  const hook = renderHook(
    ({ shown }) =>
      useTimeWindow({ whole: WHOLE, shown, onFrame: () => undefined, onRest: (span) => reported.push(span) }),
    { initialProps: { shown: first } },
  );
  return { hook, reported };
}

describe("a moving window", () => {
  it("reports its goal, even if frames are late", () => {
    const { hook, reported } = windowOf(PART);
    // A busy browser: the timer of the rest comes, and no frame.
    vi.stubGlobal("requestAnimationFrame", () => 1);
    act(() => hook.result.current.show({ from: 0, samples: WHOLE }, true));
    act(() => void vi.advanceTimersByTime(300));
    vi.unstubAllGlobals();
    expect(reported).toEqual([undefined]);
    hook.rerender({ shown: undefined });
    expect(hook.result.current.span.current).toEqual({ from: 0, samples: WHOLE });
  });

  it("arrives, and reports itself once", () => {
    const { hook, reported } = windowOf(undefined);
    act(() => hook.result.current.show(PART, true));
    act(() => void vi.advanceTimersByTime(100));
    expect(hook.result.current.span.current.samples).toBeLessThan(WHOLE);
    act(() => void vi.advanceTimersByTime(400));
    expect(hook.result.current.span.current).toEqual(PART);
    expect(reported).toEqual([PART]);
  });
});
