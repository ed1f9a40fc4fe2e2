import { expect, it } from "vitest";
import { placeTooltip } from "./placement";

it("never leaves the window", () => {
  const window = { width: 800, height: 600 };
  for (const tooltip of [{ width: 200, height: 60 }, { width: 480, height: 300 }]) {
    for (let x = 0; x <= 800; x += 50) {
      for (let y = 0; y <= 600; y += 50) {
        const place = placeTooltip({ x, y }, tooltip, window);
        expect(place.x).toBeGreaterThanOrEqual(0);
        expect(place.y).toBeGreaterThanOrEqual(0);
        expect(place.x + tooltip.width).toBeLessThanOrEqual(800);
        expect(place.y + tooltip.height).toBeLessThanOrEqual(600);
      }
    }
  }
});
