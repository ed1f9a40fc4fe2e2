import { expect, it } from "vitest";
import { axisTexts, momentText } from "./moments";

const START = Date.UTC(2026, 10, 29, 11, 0) / 1000;

it("writes a moment to the minute", () => {
  expect(momentText(START)).toBe("2026-11-29 11:00");
});

it("labels an axis by seconds where minutes would repeat", () => {
  expect(axisTexts(START, 7200)).toEqual(["2026-11-29 11:00", "2026-11-29 12:00", "2026-11-29 13:00"]);
  expect(axisTexts(START, 60)).toEqual(["2026-11-29 11:00:00", "2026-11-29 11:00:30", "2026-11-29 11:01:00"]);
});
