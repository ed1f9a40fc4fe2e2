import { describe, expect, it } from "vitest";
import { forgotten, looked, MOST_RECENT, readRecent, type Recent } from "./recentProfiles";
import { LONGEST_QUERY } from "./savedViews";

const one = (file: string, at = 1, query = `file=${file}`) => ({ file, type: "perf", query, at });

describe("recent profiles", () => {
  it("are the newest first, each once, and bounded", () => {
    let recent: Recent = [];
    for (let index = 0; index < 30; index += 1) recent = looked(recent, one(String(index % 20), index));
    expect(recent.map(({ file }) => file)).toEqual(["9", "8", "7", "6", "5", "4", "3", "2", "1", "0", "19", "18"]);
    expect(recent).toHaveLength(MOST_RECENT);
    expect(recent[0]).toEqual(one("9", 29));
    expect(forgotten(recent, one("5")).map(({ file }) => file)).not.toContain("5");
  });

  it("keep two types of a file apart, and no endless address", () => {
    const recent = looked([one("a")], { ...one("a", 2, "q".repeat(LONGEST_QUERY + 1)), type: "folded" });
    expect(recent).toEqual([{ ...one("a", 2, ""), type: "folded" }, one("a")]);
  });

  it("come back from what was kept, without what is damaged", () => {
    const kept = [one("a"), { ...one("b"), at: "1" }, null, { ...one("c"), at: 1e300 }, { ...one("d"), query: 1 }, one("e", 3)];
    expect(readRecent(JSON.stringify(kept))).toEqual([one("a"), one("e", 3)]);
    expect(readRecent("[{")).toEqual([]);
    expect(readRecent(null)).toEqual([]);
  });
});
