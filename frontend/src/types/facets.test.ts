import { expect, it } from "vitest";
import { WHOLE_CUT } from "./explorer";
import { chosenOf, isFacet, isLabel, toggled, withChosen } from "./facets";

const CUT = { ...WHOLE_CUT, comm: ["node"], label: ["endpoint=/cart", "endpoint=/a=b", "host=web-1"] };

it("knows labels by their names", () => {
  expect(["label:endpoint", "label:", "comm", "label"].map(isLabel)).toEqual([true, false, false, false]);
  expect([isFacet("label:x"), isFacet("cpu"), isFacet("function")]).toEqual([true, true, false]);
});

it("returns the chosen values of one property", () => {
  expect(chosenOf(CUT, "comm")).toEqual(["node"]);
  expect(chosenOf(CUT, "label:endpoint")).toEqual(["/cart", "/a=b"]);
  expect(chosenOf(CUT, "label:end")).toEqual([]);
});

it("changes one label and leaves the others", () => {
  expect(withChosen(CUT, "label:endpoint", [""])).toEqual({ label: ["host=web-1", "endpoint="] });
  expect(withChosen(CUT, "process", ["7"])).toEqual({ pid: ["7"] });
  expect(toggled(CUT, "label:host", "web-1")).toEqual({ label: ["endpoint=/cart", "endpoint=/a=b"] });
  expect(toggled(CUT, "comm", "java")).toEqual({ comm: ["node", "java"] });
});
