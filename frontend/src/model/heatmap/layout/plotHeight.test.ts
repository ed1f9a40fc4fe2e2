import { describe, expect, it } from "vitest";
import { draggedHeight, HIDDEN, HIGHEST, keyedHeight, LOW_PLOT_HEIGHT, PLOT_HEIGHT, readHeight } from "./plotHeight";

describe("the height of heatmaps", () => {
  it("is kept, and the usual one where nothing that reads as a height was", () => {
    expect(readHeight("180", 250)).toBe(180);
    expect(readHeight("0", 100)).toBe(HIDDEN);
    for (const text of [null, "", " ", "high", "NaN", "Infinity"]) {
      expect(readHeight(text, PLOT_HEIGHT)).toBe(PLOT_HEIGHT);
      expect(readHeight(text, LOW_PLOT_HEIGHT)).toBe(LOW_PLOT_HEIGHT);
    }
    expect(readHeight("99999", 250)).toBe(HIGHEST);
    expect(readHeight("-5", 250)).toBe(HIDDEN);
  });

  it("follows the edge below, which two of them share", () => {
    expect(draggedHeight(250, -50, 1)).toBe(200);
    expect(draggedHeight(100, 60, 2)).toBe(130);
  });

  it("stops where patterns can still be seen, and hides beyond", () => {
    expect(draggedHeight(250, -190, 1)).toBe(80);
    expect(draggedHeight(250, -230, 1)).toBe(HIDDEN);
    expect(draggedHeight(HIDDEN, 30, 1)).toBe(HIDDEN);
    expect(draggedHeight(HIDDEN, 90, 1)).toBe(90);
  });

  it("goes by keys", () => {
    expect(keyedHeight(250, "ArrowUp", 250)).toBe(225);
    expect(keyedHeight(90, "ArrowUp", 250)).toBe(80);
    expect(keyedHeight(80, "ArrowUp", 250)).toBe(HIDDEN);
    expect(keyedHeight(HIDDEN, "ArrowUp", 250)).toBe(HIDDEN);
    expect(keyedHeight(HIDDEN, "ArrowDown", 250)).toBe(80);
    expect(keyedHeight(HIGHEST, "ArrowDown", 250)).toBe(HIGHEST);
    expect(keyedHeight(250, "Enter", 250)).toBe(HIDDEN);
    expect(keyedHeight(HIDDEN, "Enter", LOW_PLOT_HEIGHT)).toBe(LOW_PLOT_HEIGHT);
    expect([keyedHeight(250, "Home", 250), keyedHeight(250, "End", 250)]).toEqual([HIDDEN, HIGHEST]);
    expect(keyedHeight(250, "ArrowLeft", 250)).toBeUndefined();
  });
});
