import { expect, it } from "vitest";
import { legacyTarget } from "./legacyLinks";

it.each([
  ["/heatmap/perf/perf.out", "/explore?file=perf.out"],
  ["/heatmap/unknown/perf.out", "/explore?file=perf.out"],
  ["/heatmap/trace_event/sub%2Fa%20b.json", "/explore?file=sub%2Fa+b.json&type=trace_event"],
  ["/flamegraph/perf/perf.out/1.2/3.4", "/explore?file=perf.out&start=1.2&end=3.4"],
  ["/flamegraph/perf/perf.out/0/0.5/", "/explore?file=perf.out&start=0&end=0.5"],
  ["/flamegraph/perf/perf.out", "/explore?file=perf.out"],
  ["/flamegraph/perf/perf.out/4/3", "/explore?file=perf.out"],
  ["/flamegraph/perf/100%25%2Fx%", "/explore?file=100%2525%252Fx%25"],
  ["/differential/perf/a/1/2/compare/perf/b/3/4", "/explore?file=a&start=1&end=2&compare=differential&compareFile=b&compareStart=3&compareEnd=4"],
  ["/differential/perf/a/compare/cpuprofile/b%2Fc", "/explore?file=a&compare=differential&compareFile=b%2Fc&compareType=cpuprofile"],
  ["/elided/perf/a/1/2/compare/perf/a/3/4", "/explore?file=a&start=1&end=2&compare=elided&compareStart=3&compareEnd=4"],
  ["/compare/perf/b/3/4/heatmap/perf/a", "/explore?file=a&compare=differential&compareFile=b&compareStart=3&compareEnd=4"],
  ["/compare/perf/b/3/4", "/explore?file=b&start=3&end=4&compare=differential"],
  ["/differential/perf", undefined],
  ["/heatmap/perf", undefined],
  ["/heatmap", undefined],
  ["/somewhere/perf/x", undefined],
  ["/", undefined],
])("%s leads to %s", (link, target) => {
  expect(legacyTarget(link)).toBe(target);
});
