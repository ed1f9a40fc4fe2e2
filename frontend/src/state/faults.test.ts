import { describe, expect, it } from "vitest";
import { ApiError } from "../api/client";
import { seconds } from "../types/units";
import { parseExplorer } from "./explorer/explorerUrl";
import { isFinal, isRefused, wayOut, wayOutOfType, withoutTimes } from "./faults";

const fault = (status: number) => new ApiError("A sentence.", status);
const state = (search: string) => parseExplorer(new URLSearchParams(search));

describe("errors", () => {
  it("are final where the request is at fault, not where the server is busy, broken or silent", () => {
    expect([400, 404, 415, 416, 422].every((status) => isFinal(fault(status)))).toBe(true);
    expect([0, 429, 500, 503].some((status) => isFinal(fault(status)))).toBe(false);
    expect(isFinal(null)).toBe(false);
    expect(isFinal(new TypeError("of the page"))).toBe(false);
  });

  it("speak for other requests where they are final, or no answer came", () => {
    expect([0, 404, 416].every((status) => isRefused(fault(status)))).toBe(true);
    expect([429, 500, 503].some((status) => isRefused(fault(status)))).toBe(false);
  });
});

describe("the way out", () => {
  it("of a range that is not there is the whole profile, on both sides of a comparison", () => {
    const range = { start: seconds(500), end: seconds(600) };
    expect(wayOut(fault(416), state("file=x&start=500&end=600"))?.change).toEqual({ range: undefined });
    const compared = state("file=x&start=1&end=2&compare=differential&compareStart=500&compareEnd=600");
    expect(compared.compare?.range).toEqual(range);
    expect(wayOut(fault(416), compared)?.change.compare?.range).toBeUndefined();
  });

  it("of a filter that does not exist is none", () => {
    expect(wayOut(fault(400), state("file=x&filter=nope"))).toMatchObject({ label: "Clear the filters", change: { filter: "" } });
    expect(wayOut(fault(400), state("file=x"))).toBeUndefined();
    expect(wayOut(fault(500), state("file=x&filter=node"))).toBeUndefined();
  });

  it("of a wrong type is the file as it is", () => {
    expect(wayOutOfType(fault(400), state("file=x&type=cpuprofile"))?.change).toEqual({ type: "" });
    expect(wayOutOfType(fault(400), state("file=x"))).toBeUndefined();
    expect(wayOutOfType(fault(404), state("file=x&type=cpuprofile"))).toBeUndefined();
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
