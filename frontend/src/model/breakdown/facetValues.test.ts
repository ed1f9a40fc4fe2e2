import { expect, it } from "vitest";
import { answerOfRows } from "./breakdownFixture";
import { countedLabels, facetValues } from "./facetValues";

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

it("counts the values of each label by itself, without the samples that have none", () => {
  const labels = [
    { name: "endpoint", values: [{ value: "/a", samples: 9, busy: 9 }] },
    { name: "host", values: [{ value: "web-1", samples: 9, busy: 9 }] },
  ];
  const answer = answerOfRows("label:endpoint", [
    { value: "/a", label: "/a", samples: 3 },
    { value: "", label: "(no endpoint)", samples: 5 },
  ]);
  expect(countedLabels(labels, [answer, undefined])).toEqual([
    { value: "endpoint=/a", label: "", samples: 3 },
    { value: "host=web-1", label: "", samples: undefined },
  ]);
});
