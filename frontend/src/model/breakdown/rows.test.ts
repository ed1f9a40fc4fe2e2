import { describe, expect, it } from "vitest";
import { answerOfRows } from "./breakdownFixture";
import { breakdownRows, formatPoints, labelParts, ownRoles, shortLabel } from "./rows";

describe("rows of a breakdown", () => {
  const answer = answerOfRows("thread", [
    { value: 7, label: "node 7", samples: 3, delta: 40 },
    { value: 8, label: "gc <b> 8", samples: 1, busy: null, delta: -40 },
  ]);

  it("are made of columns, once", () => {
    const rows = breakdownRows(answer);
    expect(rows.map(({ value, samples, share, busy, change }) => [value, samples, share, busy, change])).toEqual([
      ["7", 3, 0.75, 0.3, 40],
      ["8", 1, 0.25, undefined, -40],
    ]);
    expect(breakdownRows(answer)).toBe(rows);
    expect(breakdownRows(answerOfRows("comm", [{ value: "a", label: "a", samples: 1 }]))[0]!.change).toBeUndefined();
  });

  it("have a name, a number and a role", () => {
    const parts = (value: string, label: string) => {
      const { name, number, role } = labelParts({ value, label }, "thread");
      return [name, number, role];
    };
    expect(parts("7", "node 7")).toEqual(["node", "7", ""]);
    expect(parts("7", "node 7 (V8 platform worker 4)")).toEqual(["node", "7", "V8 platform worker 4"]);
    expect(parts("7", "worker 7 7")).toEqual(["worker 7", "7", ""]);
    expect(parts("7", "7")).toEqual(["7", "", ""]);
    expect(parts("-1", "(unknown)")).toEqual(["(unknown)", "-1", ""]);
    expect(labelParts({ value: "0", label: "CPU 0" }, "cpu")).toEqual({ name: "CPU 0", number: "", role: "" });
    expect(shortLabel({ value: "7", label: "node 7 (V8 platform worker 4)" }, "thread")).toBe("V8 platform worker 4 · 7");
    expect(shortLabel({ value: "a", label: "a" }, "comm")).toBe("a");
  });

  it("leave out the number of a role that no other row has", () => {
    const rows = [
      { value: "7", label: "node 7 (V8 platform worker 4)" },
      { value: "8", label: "node 8 (worker)" },
      { value: "9", label: "node 9 (worker)" },
      { value: "10", label: "node 10" },
    ];
    const own = ownRoles(rows, "thread");
    const labels = rows.map((row) => shortLabel(row, "thread", own));
    expect(labels).toEqual(["V8 platform worker 4", "worker · 8", "worker · 9", "node 10"]);
  });
});

it("writes a change in points with its sign", () => {
  expect([49.2, -9.4, 0.04, -0.04, 3, -12.6, 0].map(formatPoints)).toEqual(["+49", "−9.4", "0", "0", "+3", "−13", "0"]);
});
