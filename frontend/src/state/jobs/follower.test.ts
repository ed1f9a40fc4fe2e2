import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Follower } from "./follower";

interface Pending {
  readonly question: number;
  readonly signal: AbortSignal;
  readonly answer: () => Promise<void>;
  readonly fail: () => Promise<void>;
}
let pending: Pending[] = [];
let shown: number[] = [];
let behind: boolean | undefined;

beforeEach(() => {
  vi.useFakeTimers();
  pending = [];
  shown = [];
  behind = undefined;
});
afterEach(() => vi.useRealTimers());

function follower() {
  return new Follower<number, number>({
    fetch: (question, signal) =>
      new Promise((resolve, reject) => {
        const settled = async (settle: () => void) => {
          settle();
          await vi.advanceTimersByTimeAsync(0);
        };
        pending.push({
          question,
          signal,
          answer: () => settled(() => resolve(question)),
          fail: () => settled(() => reject(new Error("no answer"))),
        });
      }),
    onAnswer: (answer) => shown.push(answer),
    onBehind: (now) => (behind = now),
  });
}
const asked = () => pending.map(({ question }) => question);
const aborted = () => pending.filter(({ signal }) => signal.aborted).map(({ question }) => question);

describe("a follower", () => {
  it("has one question under way, and asks the newest of the rest when it is answered", async () => {
    const following = follower();
    for (const question of [1, 2, 3]) following.ask(question);
    expect(asked()).toEqual([1]);
    await pending[0]!.answer();
    expect(asked()).toEqual([1, 3]);
    expect(aborted()).toEqual([]);
    expect(shown).toEqual([1]);
    expect(behind).toBe(true);
    await pending[1]!.answer();
    expect(shown).toEqual([1, 3]);
    expect(behind).toBe(false);
  });

  it("has asked the next question before it shows an answer", async () => {
    const following = new Follower<number, number>({
      fetch: async (question) => {
        pending.push({ question } as Pending);
        await Promise.resolve();
        return question;
      },
      onAnswer: () => shown.push(pending.length),
      onBehind: () => undefined,
    });
    for (const question of [1, 2]) following.ask(question);
    await vi.advanceTimersByTimeAsync(0);
    expect(shown[0]).toBe(2);
  });

  it("asks nothing twice in a row", () => {
    const following = follower();
    following.ask(1);
    following.ask(1);
    expect(asked()).toEqual([1]);
  });

  it("aborts requests that are out of date when the pointer rests", async () => {
    const following = follower();
    for (const question of [1, 2, 3]) following.ask(question);
    await vi.advanceTimersByTimeAsync(149);
    expect(asked()).toEqual([1]);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked()).toEqual([1, 3]);
    expect(aborted()).toEqual([1]);
    await pending[0]!.answer();
    expect(shown).toEqual([]);
    await pending[1]!.answer();
    expect(shown).toEqual([3]);
  });

  it("stays behind after an error, and goes on with the next move", async () => {
    const following = follower();
    following.ask(1);
    await pending[0]!.fail();
    expect(shown).toEqual([]);
    expect(behind).toBe(true);
    following.ask(2);
    await pending[1]!.answer();
    expect(shown).toEqual([2]);
    expect(behind).toBe(false);
  });

  it("says nothing after its end", async () => {
    const following = follower();
    for (const question of [1, 2, 3]) following.ask(question);
    following.stop();
    expect(aborted()).toEqual([1]);
    expect(behind).toBe(false);
    await pending[0]!.answer();
    await vi.advanceTimersByTimeAsync(1000);
    expect(shown).toEqual([]);
    expect(asked()).toEqual([1]);
  });
});
