import { describe, expect, it } from "vitest";
import { formatBytes, formatCount, formatDecimal, formatDuration, formatMoment, formatShare, formatSpan, shortened } from "./format";

describe("format", () => {
  it("sets thousands apart with a narrow no-break space", () => {
    expect(formatCount(0)).toBe("0");
    expect(formatCount(1441)).toBe("1\u202f441");
    expect(formatCount(1234567)).toBe("1\u202f234\u202f567");
  });

  it("never shows a share that is not there as something, nor something as nothing", () => {
    expect(formatShare(0, 10)).toBe("0 %");
    expect(formatShare(1, 1_000_000)).toBe("<0.1 %");
    expect(formatShare(999_999, 1_000_000)).toBe(">99.9 %");
    expect(formatShare(31, 1000)).toBe("3.1 %");
    expect(formatShare(5, 5)).toBe("100 %");
    expect(formatShare(5, 0)).toBe("0 %");
  });

  it("writes the shortest decimal", () => {
    expect(formatDecimal(617 / 50)).toBe("12.34");
    expect(Number(formatDecimal(604 / 49))).toBe(604 / 49);
    expect(formatDecimal(1e-7)).toBe("0.000000100");
    expect(formatDecimal(13)).toBe("13");
  });

  it("writes times of a long profile as a clock", () => {
    expect(formatMoment(12, 60)).toBe("12 s");
    expect(formatMoment(43_205, 86_400)).toBe("12:00:05");
    expect(formatSpan({ start: 12.34, end: 13.8 }, 60)).toBe("12.34–13.80 s");
    expect(formatSpan({ start: 3.999, end: 43_205.5 }, 86_400)).toBe("0:04.00–12:00:05.50");
  });

  it("writes sizes and durations", () => {
    expect(formatBytes(999)).toBe("999 B");
    expect(formatBytes(3_500_000)).toBe("3.5 MB");
    expect(formatBytes(999_999)).toBe("1.0 MB");
    expect(formatDuration(4.4379)).toBe("4.44 s");
    expect(formatDuration(180)).toBe("3 min 00 s");
    expect(formatDuration(3725)).toBe("1 h 02 min");
  });

  it("shortens a name in its middle, as its end tells as much", () => {
    expect(shortened("parserOnIncoming node:_http_server:1026", 20)).toBe("parserOnInco…ver:1026");
    expect(shortened("node::LoadEnvironment", 21)).toBe("node::LoadEnvironment");
    expect(shortened("node::LoadEnvironment", 5)).toBe("node:…");
    for (let letters = 2; letters < 21; letters += 1) expect(shortened("node::LoadEnvironment", letters)).toHaveLength(letters + 1);
  });
});
