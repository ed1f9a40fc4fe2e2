import { expect, test } from "vitest";
import { changesFrames } from "./usefulFilters";

const FRAMES = { name: ["main", "v8::internal::Call", "JS:*f a.js:1:1"], library: ["", "/usr/bin/node", ""] };

test.each([
  [[" v8::internal::"], [], true],
  [["/usr/bin/node"], [], true],
  [[" uv_"], [], false],
  [[], [" JS:[*~^+]?"], true],
  [[], [" /usr/bin"], false],
  [["(?P<name>x)"], [], true],
])("drop %j and rewrite %j", (drop, patterns, expected) => {
  const rewrite = patterns.map((pattern) => ({ pattern, replacement: " " }));
  expect(changesFrames({ drop, rewrite }, FRAMES)).toBe(expected);
});
