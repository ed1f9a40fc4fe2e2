import { describe, expect, it } from "vitest";
import type { ProfileItem } from "../../types/wire";
import { groupByFolder, searchProfiles, sortProfiles } from "./profileList";

const item = (filename: string, more: Partial<ProfileItem> = {}): ProfileItem => ({ filename, type: "perf", size: 0, ...more });
const names = (profiles: readonly ProfileItem[]) => profiles.map((profile) => profile.filename);

const PROFILES = [
  item("b.perf", { modified: "2026-01-02T00:00:00Z", size: 10 }),
  item("old/a.perf", { modified: "2025-01-01T00:00:00+02:00", size: 30, samples: 5 }),
  item("notes.txt", { type: "unknown", reason: "not a profile" }),
  item("old/c d.cpuprofile", { type: "cpuprofile", modified: "2026-03-01T00:00:00Z", size: 20 }),
];

describe("profile list", () => {
  it("puts the newest first and the undated last", () => {
    const sorted = sortProfiles(PROFILES, { key: "modified", descending: true });
    expect(names(sorted)).toEqual(["old/c d.cpuprofile", "b.perf", "old/a.perf", "notes.txt"]);
  });

  it("keeps unknown values last in both directions", () => {
    expect(names(sortProfiles(PROFILES, { key: "samples", descending: false }))[0]).toBe("old/a.perf");
    expect(names(sortProfiles(PROFILES, { key: "samples", descending: true }))[0]).toBe("old/a.perf");
  });

  it("finds every word in any order and case, in name or format", () => {
    expect(names(searchProfiles(PROFILES, "OLD cpu"))).toEqual(["old/c d.cpuprofile"]);
    expect(searchProfiles(PROFILES, "  ")).toHaveLength(4);
  });

  it("groups by folder in the order of the first profile", () => {
    const folders = groupByFolder(sortProfiles(PROFILES, { key: "modified", descending: true }));
    expect(folders.map((folder) => [folder.path, folder.profiles.length])).toEqual([
      ["old", 2],
      ["", 2],
    ]);
  });
});
