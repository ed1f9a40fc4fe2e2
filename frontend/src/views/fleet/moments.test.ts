import { expect, it } from "vitest";
import { axisTexts, momentsText } from "./moments";

const START = Date.UTC(2026, 10, 29, 11, 0) / 1000;

it("names the day of an end only where it is another one", () => {
  expect(momentsText(START, START + 3600)).toBe("2026-11-29 11:00 – 12:00");
  expect(momentsText(START, START + 86_400)).toBe("2026-11-29 11:00 – 2026-11-30 11:00");
});

it("labels an axis by seconds where minutes would repeat", () => {
  expect(axisTexts(START, 7200)).toEqual(["2026-11-29 11:00", "2026-11-29 12:00", "2026-11-29 13:00"]);
  expect(axisTexts(START, 61 * 60)).toEqual(["2026-11-29 11:00", "2026-11-29 11:30", "2026-11-29 12:01"]);
  expect(axisTexts(START, 90)).toEqual(["2026-11-29 11:00:00", "2026-11-29 11:00:45", "2026-11-29 11:01:30"]);
  expect(axisTexts(START, 60)).toEqual(["2026-11-29 11:00:00", "2026-11-29 11:00:30", "2026-11-29 11:01:00"]);
});
