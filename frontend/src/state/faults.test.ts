import { describe, expect, it } from "vitest";
import { ApiError } from "../api/client";
import { seconds } from "../types/units";
import { parseExplorer } from "./explorer/explorerUrl";
import {
  isFinal,
  isUnanswerable,
  remedyFor,
  remedyForOtherType,
  remedyForType,
  withoutTimes,
} from "./faults";

const fault = (status: number) => new ApiError("A sentence.", status);
const state = (search: string) => parseExplorer(new URLSearchParams(search));

describe("errors", () => {
  it("are final where the request is at fault, not where the fault may pass", () => {
    expect([400, 404, 415, 416, 422].every((status) => isFinal(fault(status)))).toBe(true);
    expect([0, 408, 409, 429, 500, 503].some((status) => isFinal(fault(status)))).toBe(false);
    expect(isFinal(null)).toBe(false);
    expect(isFinal(new TypeError("of the page"))).toBe(false);
  });

  it("speak for other requests where they are final, or no answer came", () => {
    expect([0, 404, 416].every((status) => isUnanswerable(fault(status)))).toBe(true);
    expect([408, 409, 429, 500, 503].some((status) => isUnanswerable(fault(status)))).toBe(false);
  });
});

describe("the remedy", () => {
  it("for a range that is not there is the whole profile, on both sides of a comparison", () => {
    const range = { start: seconds(500), end: seconds(600) };
    const own = state("file=x&start=500&end=600");
    expect(remedyFor(fault(416), own, null)?.change).toEqual({ range: undefined });
    const compared = state("file=x&start=1&end=2&compare=differential&compareStart=500&compareEnd=600");
    expect(compared.compare?.range).toEqual(range);
    // Where the profile's own range is in it, it stays.
    expect(remedyFor(fault(416), compared, fault(416))?.change).toHaveProperty("range");
    const other = remedyFor(fault(416), compared, null)?.change;
    expect(other).not.toHaveProperty("range");
    expect([other?.compare?.file, other?.compare?.range]).toEqual([compared.compare?.file, undefined]);
  });

  it("for a filter that does not exist is none", () => {
    const clear = { label: "Clear the filters", change: { filter: "" } };
    expect(remedyFor(fault(400), state("file=x&filter=nope"), fault(400))).toMatchObject(clear);
    expect(remedyFor(fault(400), state("file=x"), fault(400))).toBeUndefined();
    expect(remedyFor(fault(500), state("file=x&filter=node"), fault(500))).toBeUndefined();
  });

  it("keeps filters with which the profile itself is answered", () => {
    const compared = state("file=x&filter=node&compare=differential&compareFile=y");
    for (const own of [null, fault(500)]) expect(remedyFor(fault(400), compared, own)).toBeUndefined();
  });

  it("for a wrong type is the type that is detected", () => {
    expect(remedyForType(fault(400), state("file=x&type=cpuprofile"))?.change).toEqual({ type: "" });
    expect(remedyForType(fault(400), state("file=x"))).toBeUndefined();
    expect(remedyForType(fault(404), state("file=x&type=cpuprofile"))).toBeUndefined();
  });

  it("for a wrong type of the other file keeps the comparison and the file", () => {
    const compared = "file=x&filter=node&compare=differential&compareFile=y";
    const change = remedyForOtherType(fault(400), fault(400), state(`${compared}&compareType=cpuprofile`))?.change;
    expect(Object.keys(change!)).toEqual(["compare"]);
    expect(change?.compare).toMatchObject({ kind: "differential", file: "y", type: "" });
    expect(remedyForOtherType(fault(0), fault(400), state(`${compared}&compareType=cpuprofile`))).toBeUndefined();
    expect(remedyForOtherType(fault(400), fault(400), state(compared))).toBeUndefined();
    expect(remedyForOtherType(fault(400), fault(400), state("file=x&type=perf"))).toBeUndefined();
  });
});

describe("a profile without times", () => {
  const link = state("file=x&start=1&end=2&view=time&compare=differential&rest=1");

  it("has no range, no time order and no rest of itself", () => {
    expect(withoutTimes(link, { timed: false })).toMatchObject({ range: undefined, view: "graph", compare: undefined });
  });

  it("is compared with another profile", () => {
    const other = state("file=x&compare=differential&compareFile=y");
    expect(withoutTimes(other, { timed: false }).compare?.file).toBe("y");
  });

  it("is the only one that loses them", () => {
    expect(withoutTimes(link, { timed: true })).toBe(link);
    expect(withoutTimes(link, undefined)).toBe(link);
  });
});
