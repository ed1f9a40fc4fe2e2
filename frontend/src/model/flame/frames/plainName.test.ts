import { expect, test } from "vitest";
import { functionName, plainName } from "./plainName";

test.each([
  ["JS:*hash /srv/app/server.js:3:6", "hash /srv/app/server.js:3:6"],
  ["LazyCompile:~f a.js:1", "f a.js:1"],
  ["InterpretedFunction:f a.js:1", "f a.js:1"],
  ["v8::internal::Call", "v8::internal::Call"],
  ["f a.js:1", "f a.js:1"],
])("%s without its tier", (name, plain) => {
  expect(plainName(name)).toBe(plain);
});

test.each([
  ["JS:*hash /srv/app/v1/server.js:3:6", "/tmp/perf-12.map", "hash", "server.js"],
  ["hash /srv/app/v2/server.js:9", "", "hash", "server.js"],
  ["JS:^ /srv/app/server.js:3:6", "", "(anonymous)", "server.js"],
  ["discount", "file:///srv/app/server.js:7", "discount", "server.js"],
  ["std::sort<int>", "/srv/app/bin", "std::sort<int>", ""],
  ["operator new(unsigned long)", "", "operator new(unsigned long)", ""],
])("%s of %s", (name, library, plain, script) => {
  expect(functionName(name, library)).toEqual({ name: plain, script });
});
