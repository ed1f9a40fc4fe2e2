import { describe, expect, it } from "vitest";
import { addRatePoint, rateOf } from "../../lib/rate";
import type { Upload } from "../../types/imports";
import { adviceOf, describeUpload, percentOf, refusalOf, remedyOf } from "./uploads";

const upload = (more: Partial<Upload>): Upload => ({
  id: 1,
  name: "perf.out",
  size: 10e6,
  sent: 0,
  ratePoints: [],
  state: "sending",
  ...more,
});
const refused = (status: number) => upload({ state: "failed", status, error: "No." });

describe("an upload", () => {
  it("says percent, bytes, rate and seconds left", () => {
    const ratePoints = [
      { at: 0, bytes: 0 },
      { at: 1000, bytes: 4e6 },
    ];
    expect(describeUpload(upload({ sent: 4e6, ratePoints }))).toBe("40 % · 4.0 MB of 10.0 MB · 4.0 MB/s · 2 s left");
    expect(describeUpload(upload({}))).toBe("0 % · 0 B of 10.0 MB");
    expect(describeUpload(upload({ state: "checking", sent: 10e6 }))).toContain("checking");
  });

  it("is at 100 only when the server has taken it", () => {
    expect(percentOf(upload({ sent: 10e6 }))).toBe(99);
    expect(percentOf(upload({ state: "done" }))).toBe(100);
    expect(percentOf(upload({ size: 0 }))).toBe(0);
  });

  it("can be forced, tried again, or neither", () => {
    expect([415, 0, 503, 507, 500].map((status) => remedyOf(refused(status)))).toEqual([
      "force",
      "retry",
      "retry",
      "retry",
      "retry",
    ]);
    expect([403, 409, 413].map((status) => remedyOf(refused(status)))).toEqual([undefined, undefined, undefined]);
    expect(remedyOf(upload({ state: "cancelled" }))).toBe("retry");
    for (const status of [0, 403, 409, 413, 415, 503, 507]) expect(adviceOf(refused(status))).toBeDefined();
  });

  it("is refused here where the server would refuse it after all of it is sent", () => {
    expect(refusalOf(11, 10)).toContain("max_file_bytes");
    expect(refusalOf(10, 10)).toBeUndefined();
    expect(refusalOf(11, undefined)).toBeUndefined();
  });
});

describe("a rate", () => {
  it("is of the last seconds, and of nothing where nothing came", () => {
    let ratePoints = addRatePoint([], { at: 0, bytes: 0 });
    expect(rateOf(ratePoints)).toBeUndefined();
    ratePoints = addRatePoint(ratePoints, { at: 2000, bytes: 10 });
    expect(rateOf(ratePoints)).toBe(5);
    ratePoints = addRatePoint(ratePoints, { at: 6000, bytes: 10 });
    expect(rateOf(ratePoints)).toBeUndefined();
    expect(addRatePoint(ratePoints, { at: 7000, bytes: 3 })).toHaveLength(1);
  });
});
