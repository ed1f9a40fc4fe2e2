import { expect, test } from "vitest";
import { v8Filter } from "./v8Filter";

test.each([
  [["main", "malloc"], undefined],
  [["LazyCompile:*f a.js:1"], undefined],
  [["Builtins_JSEntry", "LazyCompile:*f a.js:1", "LazyCompile:~g a.js:2"], "node-v8"],
  [["Builtins_JSEntry", "LazyCompile:*f a.js:1", "Function:^g a.js:2"], "node-v8"],
  [["v8::internal::Execution::Call", "JS:*f a.js:1:1"], "node-v8"],
  [["Builtins_JSEntry"], "node-v8"],
])("the filter for %j", (names, expected) => {
  expect(v8Filter(names)).toBe(expected);
});
