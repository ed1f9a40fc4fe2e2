import { describe, expect, it } from "vitest";
import { draggedHeight, HIDDEN, HIGHEST, keyedHeight, LOW_PLOT_HEIGHT, PLOT_HEIGHT, readHeight } from "./plotHeight";

describe("the height of heatmaps", () => {
  it("is kept, and the usual one where nothing that reads as a height was", () => {
    expect(readHeight("180", 1)).toBe(180);
    expect(readHeight("0", 2)).toBe(HIDDEN);
    for (const text of [null, "", " ", "high", "NaN", "Infinity"]) {
      expect(readHeight(text, 1)).toBe(PLOT_HEIGHT);
      expect(readHeight(text, 2)).toBe(LOW_PLOT_HEIGHT);
    }
    expect(readHeight("99999", 1)).toBe(HIGHEST);
    expect(readHeight("-5", 1)).toBe(HIDDEN);
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
    expect(keyedHeight(250, "ArrowUp", 1)).toBe(225);
    expect(keyedHeight(90, "ArrowUp", 1)).toBe(80);
    expect(keyedHeight(80, "ArrowUp", 1)).toBe(HIDDEN);
    expect(keyedHeight(HIDDEN, "ArrowUp", 1)).toBe(HIDDEN);
    expect(keyedHeight(HIDDEN, "ArrowDown", 1)).toBe(80);
    expect(keyedHeight(HIGHEST, "ArrowDown", 1)).toBe(HIGHEST);
    expect(keyedHeight(250, "Enter", 1)).toBe(HIDDEN);
    expect(keyedHeight(HIDDEN, "Enter", 2)).toBe(LOW_PLOT_HEIGHT);
    expect([keyedHeight(250, "Home", 1), keyedHeight(250, "End", 1)]).toEqual([HIDDEN, HIGHEST]);
    expect(keyedHeight(250, "ArrowLeft", 1)).toBeUndefined();
  });
});
