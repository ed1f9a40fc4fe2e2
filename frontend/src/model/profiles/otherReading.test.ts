import { expect, it } from "vitest";
import { explorerQuery, parseExplorer } from "../../state/explorer/explorerUrl";
import { otherReading } from "./otherReading";

const facts = (origin: number, length: number, tids: readonly number[]) => ({
  ...{ origin, seconds: length, timed: true, commands: [], processes: [] },
  threads: tids.map((value) => ({ value, samples: 1, busy: 1 })),
});
const state = (query: string) => parseExplorer(new URLSearchParams(query));
const link = (query: string, next: ReturnType<typeof facts> | undefined) =>
  explorerQuery({ ...state(""), ...otherReading(state(query), "cpuprofile", facts(100, 10, [1, 2]), next) }).toString();

it("keeps tab, search, times and threads", () => {
  const query = "file=t.json&start=3.25&end=4&tid=1&tid=2&q=f&view=table&from=2&to=6&zoom=a&include=RunTask";
  expect(link(query, facts(102, 8, [2]))).toBe("file=t.json&type=cpuprofile&start=1.25&end=2&tid=2&q=f&view=table&from=0&to=4");
});

it("cuts times to the other reading, and lets go of those outside", () => {
  expect(link("file=t.json&start=1&end=4&from=0&to=1", facts(102, 1, []))).toBe("file=t.json&type=cpuprofile&start=0&end=1");
  expect(link("file=t.json&start=1&end=4&view=both", undefined)).toBe("file=t.json&type=cpuprofile&view=both");
});
