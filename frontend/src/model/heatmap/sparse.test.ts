import { expect, it } from "vitest";
import { isSparse } from "./sparse";

it("suggests fewer rows where the fullest cell holds next to nothing, and there are rows to spare", () => {
  expect(isSparse(50, 4)).toBe(true);
  expect(isSparse(50, 17)).toBe(false);
  expect(isSparse(25, 4)).toBe(false);
  expect(isSparse(50, 0)).toBe(false);
});
