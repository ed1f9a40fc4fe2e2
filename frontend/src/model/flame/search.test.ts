import { describe, expect, it } from "vitest";
import { buildFlameTree } from "./flameTree";
import { searchTree } from "./search";
import { answerOf } from "./treeFixture";

const TREE = buildFlameTree(
  answerOf(`
    node 1
      JS:*hash /srv/app/server.js:3:6 [perf-1.map] 2
        std::map<int, (anonymous)>::find [libstdc++.so] 4
          JS:*hash /srv/app/server.js:3:6 [perf-1.map] 8
      write [libc.so.6] 16
  `),
);
const samples = (query: string) => searchTree(TREE, query)?.samples;

describe("search", () => {
  it("counts a sample once, however often its stack matches", () => {
    expect(samples("hash")).toBe(14);
    expect(searchTree(TREE, "hash")?.frameCount).toBe(1);
  });

  it("takes plain text literally, in any case, over name and library", () => {
    expect(samples("js:*HASH")).toBe(14);
    expect(samples("map<int, (")).toBe(12);
    expect(samples("libc.so")).toBe(16);
    expect(samples("libcxso")).toBe(0);
    expect(samples("/srv/app")).toBe(14);
  });

  it("takes an expression between slashes", () => {
    expect(samples("/^ js:.*server\\.js/")).toBe(14);
    expect(samples("/find|write/")).toBe(28);
    expect(samples("/find(/")).toBeUndefined();
  });

  it("finds nothing, not even the root, for an empty query", () => {
    expect(searchTree(TREE, "  ")).toBeUndefined();
    expect(samples("root")).toBe(0);
  });
});
