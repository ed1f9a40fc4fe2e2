import { expect, it } from "vitest";
import { answerOfRows } from "./breakdownFixture";
import { breakdownRows } from "./rows";
import { isGrown, leaders, mostChanged, mostSelf, ownCode, spreadOf } from "./selectionWords";

const rows = breakdownRows(
  answerOfRows("function", [
    { value: "a", label: "a", samples: 600, delta: 0.9 },
    { value: "b", label: "b", samples: 396, delta: -3 },
    { value: "c", label: "c", samples: 4, delta: 0.2 },
  ]),
);
const names = (found: readonly { value: string }[]) => found.map(({ value }) => value);

it("names the busiest, and none with next to nothing", () => {
  expect(names(leaders(rows, []))).toEqual(["a", "b"]);
  expect(leaders([], [])).toEqual([]);
});

it("names the chosen ones alone, where there are any", () => {
  expect(names(leaders(rows, ["b"]))).toEqual(["b"]);
});

it("counts the threads of the samples, and names the only one", () => {
  const threads = answerOfRows("thread", [
    { value: 7, label: "app 7", samples: 5 },
    { value: 8, label: "app 8", samples: 2 },
    { value: 9, label: "app 9", samples: 0 },
  ]);
  expect(spreadOf(threads, [])).toEqual({ count: 2, only: undefined });
  expect(spreadOf(threads, ["8"])).toMatchObject({ count: 1, only: { value: "8" } });
  expect(spreadOf(threads, ["9"])).toBeUndefined();
  expect(spreadOf(answerOfRows("thread", []), [])).toBeUndefined();
  expect(spreadOf(answerOfRows("cpu", [{ value: -1, label: "(unknown)", samples: 5 }]), [])).toBeUndefined();
});

it("names the function with most samples of its own, whatever its order", () => {
  expect(mostSelf([...rows].reverse())?.value).toBe("a");
  expect(mostSelf([{ ...rows[0]!, self: 0 }])).toBeUndefined();
});

it("names what grew by a point at least", () => {
  expect(mostChanged(rows)).toBeUndefined();
  expect(mostChanged([...rows, { ...rows[2]!, value: "d", selfChange: 14 }])?.value).toBe("d");
});

it("names own code beside a function of the runtime, and not where the program begins", () => {
  const row = (value: string, samples: number, self: number) => ({ ...rows[0]!, value, label: value, samples, self, share: samples / 100 });
  const ran = [row("main", 100, 0), row("render", 60, 5), row("read", 50, 50)];
  const origin = (name: string) => (name === "read" ? "kernel" : "app");
  expect(ownCode(ran, origin)?.value).toBe("render");
  expect(ownCode([ran[0]!, ran[2]!], origin)?.value).toBe("main");
  expect(ownCode(ran, () => "app")).toBeUndefined();
  const changed = [{ ...ran[0]!, change: 0 }, { ...ran[1]!, change: -5 }, { ...row("rebuild", 30, 1), change: 28 }, ran[2]!];
  expect(ownCode(changed, origin)?.value).toBe("rebuild");
  expect(ownCode(changed, () => "app")?.value).toBe("rebuild");
  expect(changed.map(isGrown)).toEqual([false, false, true, false]);
  expect(ownCode([], origin)).toBeUndefined();
});
