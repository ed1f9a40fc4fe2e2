import { expect, test } from "vitest";
import { comparisonOf, listedOf, toggled } from "./chosen";

const file = (filename: string, modified: string) => ({ filename, type: "perf", size: 1, modified });
const [OLD, NEW, OTHER] = [file("old", "2026-01-01T00:00:00Z"), file("new", "2026-01-02T00:00:00Z"), file("other", "2026-01-03T00:00:00Z")];

test("a second choice of a file takes it back", () => {
  expect([...toggled(new Set(["a"]), "b")]).toEqual(["a", "b"]);
  expect([...toggled(new Set(["a", "b"]), "a")]).toEqual(["b"]);
});

test("files that have gone are chosen no more", () => {
  expect(listedOf(new Set(["gone", "new"]), [OLD, NEW])).toEqual([NEW]);
});

test("two files are compared, the newer one first", () => {
  expect(comparisonOf([OLD, NEW])).toMatchObject({ file: "new", compare: { file: "old", rest: false } });
  expect(comparisonOf([NEW])).toBeUndefined();
  expect(comparisonOf([OLD, NEW, OTHER])).toBeUndefined();
});
