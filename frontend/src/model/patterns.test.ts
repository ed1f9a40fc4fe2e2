import { describe, expect, it } from "vitest";
import { expressionFault, framePattern, patternWords, searchPattern } from "./patterns";

const matches = (pattern: string, name: string, library = "lib.so") =>
  new RegExp(pattern.replace("(?i)", ""), pattern.startsWith("(?i)") ? "i" : "").test(` ${name} (${library})`);

describe("patterns for the server", () => {
  it("takes plain text literally and an expression as it is, in any case", () => {
    expect(searchPattern("JS:*f(a)")).toBe("(?i)JS:\\*f\\(a\\)");
    expect(searchPattern("/a|b/")).toBe("(?i)a|b");
    expect(searchPattern("  ")).toBeUndefined();
    expect(searchPattern("/a(/")).toBeUndefined();
    expect(searchPattern("+".repeat(10_000))!.length).toBeLessThanOrEqual(500);
  });

  it("names one function, whatever its tier and library, and no other", () => {
    const pattern = framePattern("JS:*f /srv/a.js:1");
    expect(matches(pattern, "JS:^f /srv/a.js:1")).toBe(true);
    expect(matches(pattern, "f /srv/a.js:1", "")).toBe(true);
    expect(matches(pattern, "JS:*ff /srv/a.js:1")).toBe(false);
    expect(matches(pattern, "f /srv/a.js:12")).toBe(false);
    expect(matches(framePattern("std::map<int, (x)>::at"), "std::map<int, (x)>::at")).toBe(true);
  });

  it("stays short for a long name", () => {
    const name = "(".repeat(2000);
    expect(framePattern(name).length).toBeLessThan(500);
    expect(matches(framePattern(name), name)).toBe(true);
  });

  it.each(["hash", "JS:*f(a)", "/a|b/", "a/b-c", "<b>x</b>"])("%s is shown as it was typed", (query) => {
    expect(patternWords(searchPattern(query)!)).toBe(query);
  });

  it("shows a function by its name", () => {
    expect(patternWords(framePattern("JS:*f(a) /srv/a.js:1"))).toBe("f(a) /srv/a.js:1");
    expect(patternWords("^x.*")).toBe("/^x.*/");
  });
});

it("tells why an expression is none, and where", () => {
  expect(expressionFault("/(foo/")).toBe("Unterminated group at “(foo”");
  expect(expressionFault("/a(b[)]c|some more of it/")).toContain(" at “(b[)]c|");
  expect(expressionFault("/a\\(b)/")).toMatch(/ at “\)”$/);
  expect(expressionFault("/[a-/")).toContain(" at “[a-”");
  expect(expressionFault("/*a/")).toBe("Nothing to repeat");
  for (const fine of ["", "(foo", "/(foo", "/(foo)/", "/[(]/"]) expect(expressionFault(fine)).toBeUndefined();
});
