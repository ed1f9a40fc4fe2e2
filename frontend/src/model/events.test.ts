import { describe, expect, it } from "vitest";
import type { FacetCount } from "../types/wire";
import { samplesOfEvents, shownEvents } from "./events";

const count = (value: string, samples: number, busy: number): FacetCount => ({ value, samples, busy });
const COUNTS = [count("cycles", 9, 7), count("page-faults", 3, 3)];

describe("events of a file", () => {
  it.each([
    [[], ["cycles"], true, false, 7],
    [["main"], ["cycles"], true, false, 7],
    [["page-faults"], ["page-faults"], false, false, 3],
    [["all"], ["cycles", "page-faults"], false, true, 10],
    [["cycles", "page-faults"], ["cycles", "page-faults"], false, false, 10],
    [["gone"], ["gone"], false, false, 0],
  ])("shows of %j the events %j", (chosen, names, isMain, isAll, samples) => {
    const shown = shownEvents(COUNTS, ["cycles"], chosen);
    expect(shown).toEqual({ names, isMain, isAll });
    expect(samplesOfEvents(COUNTS, shown, false)).toBe(samples);
  });

  it("takes an event that is really called all by its name", () => {
    const counts = [count("all", 1, 1), count("cycles", 9, 7)];
    expect(shownEvents(counts, ["cycles"], ["all"])).toEqual({ names: ["all"], isMain: false, isAll: false });
  });

  it("counts idle samples where they are included, and nothing in a file without events", () => {
    expect(samplesOfEvents(COUNTS, shownEvents(COUNTS, ["cycles"], []), true)).toBe(9);
    expect(samplesOfEvents([], shownEvents([], [], []), true)).toBeUndefined();
  });
});
