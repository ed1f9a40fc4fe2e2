import { describe, expect, it } from "vitest";
import { splitName } from "./fileName";

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
});
