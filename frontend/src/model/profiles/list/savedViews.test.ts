import { describe, expect, it } from "vitest";
import { cleanName, LONGEST_NAME } from "../../../lib/names";
import type { SavedView } from "../../../types/memory";
import {
  LONGEST_QUERY,
  MOST_VIEWS,
  putView,
  readViews,
  refusalOf,
  removeView,
  renameView,
  splitViews,
} from "./savedViews";

const view = (name: string, part: Partial<SavedView> = {}): SavedView => ({
  file: "a",
  type: "perf",
  query: `file=a&q=${name}`,
  name,
  ...part,
});
const names = (views: readonly SavedView[]) => views.map(({ name }) => name);

describe("named views", () => {
  it("come back from what was kept", () => {
    const views = [view("b"), view("a <i>ü</i>", { file: "x/y", type: "folded" })];
    expect(readViews(JSON.stringify(views))).toEqual(views);
  });

  it.each([null, "", "{", "null", "7", '"x"', "{}", "[[]]", "[null, 7, {}]"])("are none in %j", (text) => {
    expect(readViews(text)).toEqual([]);
  });

  it("are read without what is damaged", () => {
    const damaged = [
      view("kept"),
      { ...view("x"), file: 7 },
      { ...view("x"), file: "" },
      { ...view("x"), query: undefined },
      { ...view("x"), name: " \u0000 " },
      { ...view("x"), query: "q".repeat(LONGEST_QUERY + 1) },
      view("kept", { query: "a second of the name" }),
      { ...view(" also\nkept "), more: 1 },
    ];
    expect(readViews(JSON.stringify(damaged))).toEqual([view("kept"), { ...view("also kept"), query: "file=a&q= also\nkept " }]);
    const many = Array.from({ length: MOST_VIEWS + 5 }, (_, index) => view(String(index)));
    expect(readViews(JSON.stringify(many))).toHaveLength(MOST_VIEWS);
  });

  it("replace one of the same name of the same profile, and no other", () => {
    const views = [view("a"), view("b"), view("a", { file: "other" }), view("a", { type: "folded" })];
    const put = putView(views, view("a", { query: "new" }));
    expect(put).toHaveLength(4);
    expect(put[0]).toEqual(view("a", { query: "new" }));
  });

  it("are renamed in place, over one that has the name", () => {
    const views = [view("a"), view("b"), view("c")];
    expect(names(renameView(views, views[1]!, " B "))).toEqual(["a", "B", "c"]);
    expect(names(renameView(views, views[2]!, "a"))).toEqual(["b", "a"]);
    expect(renameView(views, views[1]!, "b")).toEqual(views);
    expect(renameView(views, views[1]!, "  ")).toEqual(views);
    expect(names(removeView(views, views[1]!))).toEqual(["a", "c"]);
  });

  it("are bounded, and say so", () => {
    const full = Array.from({ length: MOST_VIEWS }, (_, index) => view(String(index)));
    expect(refusalOf(full, view("new"))).toContain("200");
    expect(refusalOf(full, view("7"))).toBeUndefined();
    expect(refusalOf([], view("long", { query: "q".repeat(LONGEST_QUERY + 1) }))).toContain("too long");
    expect(refusalOf([], view(""))).toContain("name");
  });

  it("are told apart by profile and type", () => {
    const views = [view("a"), view("b", { type: "folded" }), view("c", { file: "x" })];
    const { own, others } = splitViews(views, "a", "perf");
    expect([names(own), names(others)]).toEqual([["a"], ["b", "c"]]);
  });
});

it("cleans names: one line, no blanks around, bounded, no half characters", () => {
  expect(cleanName("  a\t\nb\u0007\u2028c ")).toBe("a b c");
  expect(Array.from(cleanName("😀".repeat(100)))).toHaveLength(LONGEST_NAME);
  expect(cleanName("😀".repeat(100))).not.toContain("\ufffd");
});
