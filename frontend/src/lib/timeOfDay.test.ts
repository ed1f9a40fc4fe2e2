import { expect, it } from "vitest";
import { formatTimeOfDay, parseTimeOfDay } from "./timeOfDay";

it("is the time at a second of the profile", () => {
  const began = parseTimeOfDay("2026-01-05T23:59:50.4Z")!;
  expect(formatTimeOfDay(0, { began, zone: "utc" })).toBe("23:59:50");
  expect(formatTimeOfDay(9.6, { began, zone: "utc" })).toBe("00:00:00");
  const local = new Date(1000 * (began + 60));
  expect(formatTimeOfDay(60, { began, zone: "local" }).slice(0, 2)).toBe(local.getHours().toString().padStart(2, "0"));
  expect(formatTimeOfDay(1e300, { began, zone: "utc" })).toBe("?");
});

it("is read with or without a zone, and from nothing else", () => {
  expect(parseTimeOfDay("1970-01-01 00:01:00Z")).toBe(60);
  expect(parseTimeOfDay("2026-01-05T09:30")).toBe(new Date(2026, 0, 5, 9, 30).getTime() / 1000);
  for (const text of ["", "now", "12", "2026-13-45T99:99"]) expect(parseTimeOfDay(text)).toBeUndefined();
});
