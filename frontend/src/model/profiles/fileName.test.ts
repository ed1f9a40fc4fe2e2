import { describe, expect, it } from "vitest";
import { shortNames, splitName } from "./fileName";

describe("names of files", () => {
  it("keep their end", () => {
    expect(splitName("beacon-node-production-eu-west-1-2026-11-22.perf.gz")).toEqual([
      "beacon-node-production-eu-west-1-2026-1",
      "1-22.perf.gz",
    ]);
  });

  it("are whole where they are short, and always together what they were", () => {
    for (const name of ["", "a.perf", "x".repeat(24)]) expect(splitName(name)).toEqual([name, ""]);
    for (const name of ["x".repeat(300), `${"\u202e<b>".repeat(20)}fdp.exe`, `${" ".repeat(40)}a`, "👩‍👩‍👧".repeat(3)]) {
      expect(splitName(name).join("")).toBe(name);
    }
  });

  it("are not torn inside of a letter or emoji, nor after a space", () => {
    const [, accents] = splitName("e\u0301".repeat(30));
    expect(accents).toBe("e\u0301".repeat(12));
    const [, family] = splitName(`${"a".repeat(20)}👩‍👩‍👧bbbbbbbbbbb`);
    expect(family).toBe("👩‍👩‍👧bbbbbbbbbbb");
    expect(splitName("one two three four   123456789012")).toEqual(["one two three four", "   123456789012"]);
  });

  it("end with whole words, and with every digit", () => {
    const ends = ["Node main thread", "V8 platform worker 3", "V8 platform worker 12", "exchange 14 · 13520"].map((name) => splitName(name, 14, 9)[1]);
    expect(ends).toEqual([" thread", " worker 3", " worker 12", "4 · 13520"]);
  });
});

it("names two files in a sentence so that they differ", () => {
  expect(shortNames("a/rel-1.perf", "b/rel-2.perf")).toEqual(["rel-1.perf", "rel-2.perf"]);
  expect(shortNames("a/x.perf", "b/x.perf")).toEqual(["a/x.perf", "b/x.perf"]);
  const long = (middle: string) => `checkout-service-production-${middle}-eu-central-1a-node20.perf.out.gz`;
  const [one, other] = shortNames(long("release-41"), long("release-42"));
  expect(one).not.toBe(other);
  expect([one, other].every((name) => name.length <= 34 && name.includes("release-4"))).toBe(true);
  expect(shortNames("service-of-the-checkout-in-production.perf", "b.perf")[0]).toMatch(/^service-of.*….*\.perf$/);
});
