import { describe, expect, it } from "vitest";
import { tick } from "../../../types/units";
import { gestureStep, IDLE, type GestureEvent, type GestureStep } from "./gesture";

const press = (at: number): GestureEvent => ({ kind: "press", at: tick(at) });
const move = (at: number): GestureEvent => ({ kind: "move", at: tick(at) });
const release = (at: number): GestureEvent => ({ kind: "release", at: tick(at) });
const cancel: GestureEvent = { kind: "cancel" };

function play(...events: GestureEvent[]): string[] {
  let step: GestureStep = { next: IDLE };
  return events.map((event) => {
    step = gestureStep(step.next, event);
    const { preview, selected } = step;
    if (selected) return `selected ${selected.first}–${selected.end}`;
    return preview ? `preview ${preview.first}–${preview.end}` : "nothing";
  });
}

describe("gesture", () => {
  it("drags", () => {
    expect(play(press(5), move(8), move(3), release(3))).toEqual([
      "preview 5–6",
      "preview 5–9",
      "preview 3–6",
      "selected 3–6",
    ]);
  });

  it("selects one cell by dragging out and back", () => {
    expect(play(press(5), move(6), move(5), release(5)).at(-1)).toBe("selected 5–6");
  });

  it("clicks one end, then the other", () => {
    expect(play(press(5), release(5), move(9), press(9), release(9))).toEqual([
      "preview 5–6",
      "preview 5–6",
      "preview 5–10",
      "preview 5–10",
      "selected 5–10",
    ]);
  });

  it("selects one cell by two clicks on it", () => {
    expect(play(press(5), release(5), press(5), release(5)).at(-1)).toBe("selected 5–6");
  });

  it("takes the end of a quick drag without a move between", () => {
    expect(play(press(5), release(12)).at(-1)).toBe("selected 5–13");
  });

  it("is cancelled at any point, and does nothing by itself", () => {
    expect(play(press(5), move(6), cancel, release(9))).toEqual(["preview 5–6", "preview 5–7", "nothing", "nothing"]);
    expect(play(press(5), release(5), cancel, move(9))).toEqual(["preview 5–6", "preview 5–6", "nothing", "nothing"]);
    expect(play(move(1), release(1))).toEqual(["nothing", "nothing"]);
  });
});

it("drags one end of a selection, the other stays", () => {
  const grab = gestureStep(IDLE, { kind: "grab", at: tick(9), anchor: tick(3) });
  const move = gestureStep(grab.next, { kind: "move", at: tick(12) });
  expect(move.preview).toEqual({ first: 3, end: 13 });
  expect(gestureStep(move.next, { kind: "release", at: tick(12) }).selected).toEqual({ first: 3, end: 13 });
  // Let go where it was: the same selection, not the first click of another.
  expect(gestureStep(grab.next, { kind: "release", at: tick(9) }).selected).toEqual({ first: 3, end: 10 });
});
