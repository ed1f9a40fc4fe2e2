import { expect, it } from "vitest";
import { answerOfRows } from "./breakdownFixture";
import { countedLabels, facetValues, labelValues, valueWords } from "./facetValues";

it("lists what is known of the profile until the selection is counted", () => {
  const known = [{ value: 7, samples: 9, busy: 9, label: "node" }];
  expect(facetValues("tid", known, undefined)).toEqual([{ value: "7", label: "node", samples: undefined }]);
});

it("takes counts and order from the selection", () => {
  const answer = answerOfRows("thread", [
    { value: 8, label: "node 8 (GC)", samples: 5 },
    { value: 7, label: "node 7", samples: 0 },
  ]);
  expect(facetValues("tid", [], answer)).toEqual([
    { value: "8", label: "node · GC", samples: 5 },
    { value: "7", label: "node", samples: 0 },
  ]);
});

it("lists CPUs by number, those without samples last", () => {
  const answer = answerOfRows("cpu", [10, 0, 2, 1].map((value) => ({ value, label: `CPU ${value}`, samples: value === 1 ? 0 : 3 })));
  expect(facetValues("cpu", [], answer).map(({ value }) => value)).toEqual(["0", "2", "10", "1"]);
});

it("counts the values of each label by itself, and the samples that have none", () => {
  const labels = [
    { name: "endpoint", values: [{ value: "/a", samples: 9, busy: 9 }] },
    { name: "host", values: [{ value: "web-1", samples: 9, busy: 9 }] },
  ];
  const answer = answerOfRows("label:endpoint", [
    { value: "/a", label: "/a", samples: 3 },
    { value: "", label: "(no endpoint)", samples: 5 },
  ]);
  expect(countedLabels(labels, [answer, undefined], 12)).toEqual([
    { value: "endpoint=/a", label: "", samples: 3 },
    { value: "endpoint=", label: "", samples: 5 },
    { value: "host=web-1", label: "", samples: undefined },
    { value: "host=", label: "", samples: undefined },
  ]);
  expect(labelValues(labels, 9).map(({ value }) => value)).toEqual(["endpoint=/a", "host=web-1"]);
});

it("names empty values", () => {
  expect(valueWords("comm", "")).toBe("(no command)");
  expect(valueWords("label", "endpoint=")).toBe("(no endpoint)");
  expect(["node", "endpoint=/a="].map((value) => valueWords("label", value))).toEqual(["node", "endpoint=/a="]);
});
