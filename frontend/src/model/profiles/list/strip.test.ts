import { expect, test } from "vitest";
import { stripPath } from "./strip";

test("a strip has a bar for each part in which something ran", () => {
  expect(stripPath([4, 0, 2, 0])).toBe("M0 16v-16h30v16zM60 16v-8h30v8z");
});

test("little is seen beside much, and nothing is empty", () => {
  expect(stripPath([1000, 1])).toContain("v-1h60");
  expect(stripPath([0, 0])).toBe("");
  expect(stripPath([])).toBe("");
});
