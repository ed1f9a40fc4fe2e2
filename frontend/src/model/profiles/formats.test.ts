import { describe, expect, it } from "vitest";
import { formatsInWords, oneOfEachType, typeTitle } from "./formats";
import { FORMATS } from "./formatsFixture";

describe("formats", () => {
  it("are offered once a type, by the first title", () => {
    expect(oneOfEachType(FORMATS).map(({ title }) => title)).toEqual([
      "perf script text",
      "V8 CPU profile",
      "folded stacks",
      "<b>newest</b> format",
    ]);
    expect(oneOfEachType([])).toEqual([]);
  });

  it("name their types", () => {
    expect(typeTitle(FORMATS, "perf")).toBe("perf script text");
    expect(typeTitle(FORMATS, "later")).toBe("later");
    expect(typeTitle([], "perf")).toBe("perf");
  });

  it("make a sentence, also before the server has answered", () => {
    expect(formatsInWords(FORMATS)).toBe(
      "perf script text, perf.data, V8 CPU profile, folded stacks and <b>newest</b> format, compressed or not",
    );
    expect(formatsInWords(FORMATS.slice(0, 1))).toBe("perf script text, compressed or not");
    expect(formatsInWords([])).toBe("profiles, compressed or not");
  });
});
