import { expect, it } from "vitest";
import { answerOfRows } from "../breakdown/breakdownFixture";
import { laneRows } from "./laneRows";

const row = (value: string, samples: number, delta?: number) => ({ value, label: value, samples, ...(delta !== undefined && { delta }) });
const whole = answerOfRows("comm", [row("node", 90), row("pip", 9), row("compactor", 5), row("gone", 0)]);
const selection = answerOfRows("comm", [row("compactor", 5, 49), row("node", 4, -9), row("pip", 0, -40)]);
const order = (sort: "selection" | "whole" | "change") => laneRows(whole, selection, sort).map(({ value }) => value);

it("sorts by the selection, the whole profile, or the change", () => {
  expect(order("selection")).toEqual(["compactor", "node", "pip"]);
  expect(order("whole")).toEqual(["node", "pip", "compactor"]);
  expect(order("change")).toEqual(["compactor", "node", "pip"]);
});

it("has a lane for every value of the profile, also without samples in the selection", () => {
  expect(laneRows(whole, selection, "whole")[1]).toMatchObject({ value: "pip", samples: 0, whole: 9, change: -40 });
  const few = answerOfRows("comm", [row("node", 4)]);
  expect(laneRows(whole, few, "selection").map(({ value, samples }) => [value, samples])).toEqual([
    ["node", 4],
    ["pip", undefined],
    ["compactor", undefined],
  ]);
});
