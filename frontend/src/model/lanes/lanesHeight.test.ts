import { expect, it } from "vitest";
import { LANE } from "./laneLayout";
import { draggedLanes, keyedLanes, LANES_MOST, readLanesHeight } from "./lanesHeight";

it("is a number of whole lanes", () => {
  expect(draggedLanes(5 * LANE.height, 20)).toBe(6 * LANE.height);
  expect(draggedLanes(5 * LANE.height, -1000)).toBe(2 * LANE.height);
  expect(keyedLanes(5 * LANE.height, "ArrowUp")).toBe(4 * LANE.height);
  expect(keyedLanes(0, "End")).toBe(LANES_MOST);
  expect(keyedLanes(0, "a")).toBeUndefined();
});

it("is read from the browser, or is the usual one", () => {
  expect([null, "", "x", "1e99"].map((text) => readLanesHeight(text, 140))).toEqual([140, 140, 140, LANES_MOST]);
  expect(readLanesHeight("84", 140)).toBe(84);
});
