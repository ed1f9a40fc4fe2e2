import { expect, it } from "vitest";
import { answerOfRows } from "./breakdownFixture";
import { breakdownRows } from "./rows";
import { leaders, mostChanged, mostSelf } from "./selectionWords";

const rows = breakdownRows(
  answerOfRows("function", [
    { value: "a", label: "a", samples: 600, delta: 0.9 },
    { value: "b", label: "b", samples: 396, delta: -3 },
    { value: "c", label: "c", samples: 4, delta: 0.2 },
  ]),
);
const names = (found: readonly { value: string }[]) => found.map(({ value }) => value);

it("names the busiest, and none with next to nothing", () => {
  expect(names(leaders(rows))).toEqual(["a", "b"]);
  expect(leaders([])).toEqual([]);
});

it("names the function with most samples of its own, whatever its order", () => {
  expect(mostSelf([...rows].reverse())?.value).toBe("a");
  expect(mostSelf([{ ...rows[0]!, self: 0 }])).toBeUndefined();
});

it("names what grew by a point at least", () => {
  expect(mostChanged(rows)).toBeUndefined();
  expect(mostChanged([...rows, { ...rows[2]!, value: "d", selfChange: 14 }])?.value).toBe("d");
});
