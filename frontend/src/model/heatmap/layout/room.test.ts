import { expect, it } from "vitest";
import { LANE } from "../../lanes/laneLayout";
import { usualHeights } from "./room";

it("leaves the lower half of a window of 900 pixels to the flame graph", () => {
  const { plot, lanes } = usualHeights({ window: 900, heatmaps: 1, rows: 50, lanes: 130 });
  expect([plot, lanes]).toEqual([100, 4 * LANE.height]);
  expect(128 + 90 + 9 + plot + lanes).toBeLessThanOrEqual(450);
  expect(usualHeights({ window: 900, heatmaps: 1, rows: 50, lanes: 0 })).toEqual({ plot: 200, lanes: 0 });
});

it("takes more where there is more, and stays readable where there is less", () => {
  expect(usualHeights({ window: 1080, heatmaps: 1, rows: 25, lanes: 130 })).toEqual({ plot: 150, lanes: 5 * LANE.height });
  expect(usualHeights({ window: 3000, heatmaps: 1, rows: 25, lanes: 130 })).toEqual({ plot: 250, lanes: 8 * LANE.height });
  expect(usualHeights({ window: 400, heatmaps: 2, rows: 50, lanes: 2 })).toEqual({ plot: 80, lanes: 2 * LANE.height });
});
