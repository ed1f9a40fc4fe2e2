import { describe, expect, it } from "vitest";
import type { ProfileItem } from "../../../types/wire";
import { groupByFolder, searchProfiles, sortProfiles, withMarksNamed, withPreview } from "./profileList";

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

  it("names the profile of a file of marks that is beside it", () => {
    const marks = (filename: string) => item(filename, { type: "unknown", reason: "not a profile" });
    const files = withMarksNamed([...PROFILES, marks("old/a.perf.marks.deploys.csv"), marks("a.perf.marks.csv"), marks("b.perf.marks.json")]);
    expect(files.flatMap(({ reason }) => reason ?? [])).toEqual(["not a profile", "marks of a.perf", "not a profile", "marks of b.perf"]);
  });

  it("groups by folder in the order of the first profile", () => {
    const folders = groupByFolder(sortProfiles(PROFILES, { key: "modified", descending: true }));
    expect(folders.map((folder) => [folder.path, folder.profiles.length])).toEqual([
      ["old", 2],
      ["", 2],
    ]);
  });
});

it("joins a file and its preview once, so that its row is not rendered again", () => {
  const [profile, other] = ["a.perf", "b.perf"].map((filename) => ({ filename, type: "perf", size: 1 }));
  const preview = { activity: [1], samples: 5, duration: 2, command: "node", host: "", event: "cycles" };
  const item = { filename: "a.perf", state: "ready" as const, preview, finding: "" };
  expect(withPreview(profile!, item)).toMatchObject({ filename: "a.perf", preview, samples: 5, duration: 2, finding: "" });
  expect(withPreview(profile!, item)).toBe(withPreview(profile!, item));
  expect(withPreview(other!, item)).not.toBe(withPreview(profile!, item));
  expect(withPreview(profile!, { ...item, preview: { ...preview, samples: 6 } }).samples).toBe(6);
});

it("waits for a finding while the server reads or looks", () => {
  const profile = { filename: "a.perf", type: "perf", size: 1 };
  const items = [{ state: "reading" as const }, { state: "ready" as const, looking: true }, { state: "ready" as const }, { state: "none" as const }];
  expect(items.map((item) => withPreview(profile, { filename: "a.perf", ...item }).finding)).toEqual([undefined, undefined, null, null]);
});
