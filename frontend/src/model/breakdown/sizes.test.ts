import { expect, it } from "vitest";
import { ratioWords, restOf, sizeWords, type Size } from "./sizes";

const size = (samples: number, seconds: number, busy?: number, unit = "samples"): Size => ({ samples, seconds, busy, unit });

it("tells by how much the sides differ, by the second where their lengths do", () => {
  expect(ratioWords(size(1000, 10), size(1360, 10), "B")).toBe("B has 36 % more samples");
  expect(ratioWords(size(1000, 10), size(1360, 20), "B")).toBe("B has 32 % fewer samples a second");
  expect(ratioWords(size(1000, 10), size(3100, 10), "B")).toBe("B has 3.1 times the samples");
  expect(ratioWords(size(1000, 10), size(1001, 10), "B")).toBe("B has as many samples");
  expect(ratioWords(size(1000, 0), size(500, 0), "B")).toBe("B has 50 % fewer samples");
  expect(ratioWords(size(0, 10), size(5, 10), "B")).toBe("");
  expect(ratioWords(size(1000, 10, 1), size(9000, 10, 0.9), "B")).toBe("sampled at other rates: B keeps 10 % fewer CPUs busy");
  expect(ratioWords(size(1360, 10), size(1000, 10), "A")).toBe("A has 26 % fewer samples");
  const time = (value: number) => size(value, 10, undefined, "microseconds");
  expect(ratioWords(time(1000), time(750), "B")).toBe("B has 25 % less time");
  expect(ratioWords(time(1000), size(750, 10), "B")).toBe("");
});

it("names samples, time and busy CPUs, or the rate where these are unknown", () => {
  expect(sizeWords(size(120, 10, 0.52))).toBe("120 samples in 10.0 s, 0.52 CPUs busy");
  expect(sizeWords(size(900, 3))).toBe("900 samples in 3.00 s, 300 samples a second");
  expect(sizeWords(size(7, 0))).toBe("7 samples");
});

it("leaves the rest of a whole", () => {
  expect(restOf(size(1000, 10, 1), size(400, 2, 2))).toEqual(size(600, 8, 0.75));
  expect(restOf(size(1000, 10), size(400, 2, 2)).busy).toBeUndefined();
});
