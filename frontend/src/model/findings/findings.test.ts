import { expect, it } from "vitest";
import { seconds } from "../../types/units";
import type { Finding } from "../../types/wire";
import { findingCut, findingParts, findingView, findingWeight, namePieces, shownFinding, shownPlace } from "./findings";

const FINDING: Finding = {
  kind: "visit",
  text: "`compactor` runs from 52 to 54 s",
  ranges: [
    [52, 54],
    [90, 92],
  ],
  selection: { comm: ["compactor"] },
  numbers: {},
  function: "",
};

it("has its names apart, and an odd backquote as text", () => {
  expect(findingParts("`a <b>` and `c`: 5")).toEqual([
    { text: "a <b>", isName: true },
    { text: " and ", isName: false },
    { text: "c", isName: true },
    { text: ": 5", isName: false },
  ]);
  expect(findingParts("it`s")).toEqual([{ text: "it`s", isName: false }]);
});

it("selects its samples alone", () => {
  expect(findingCut(FINDING)).toEqual({ comm: ["compactor"], pid: [], tid: [], cpu: [], include: [], exclude: [] });
});

it("knows which of its ranges is shown", () => {
  expect(shownPlace(FINDING, { start: seconds(90), end: seconds(92) })).toBe(1);
  expect(shownPlace(FINDING, { start: seconds(90), end: seconds(93) })).toBe(-1);
  expect(shownPlace(FINDING, undefined)).toBe(-1);
});

it("is shown while its samples and one of its ranges are selected", () => {
  const range = { start: seconds(90), end: seconds(92) };
  const cut = findingCut(FINDING);
  expect(shownFinding([FINDING], { ...cut, range })).toBe(FINDING);
  expect(shownFinding([FINDING], { ...cut, comm: ["other"], range })).toBeUndefined();
  expect(shownFinding([FINDING], { ...cut, range: undefined })).toBeUndefined();
});

it("asks for attention by its kind", () => {
  expect(["visit", "periodic", "lost", "long-task"].map(findingWeight)).toEqual(["high", "middle", "low", "high"]);
});

it("a long task opens in time order, others leave the view", () => {
  const finding = (kind: string) => ({ kind, text: "", ranges: [], selection: {}, numbers: {}, function: "" });
  expect([findingView(finding("long-task")), findingView(finding("burst"))]).toEqual([{ view: "time", stretch: undefined }, {}]);
});

it("ends a line of a name behind a separator, and loses none of it", () => {
  expect(namePieces("v8::platform::Run")).toEqual(["v8::", "platform::", "Run"]);
  expect(namePieces("java/io/File.write")).toEqual(["java/", "io/", "File.write"]);
  expect(namePieces("main")).toEqual(["main"]);
});
