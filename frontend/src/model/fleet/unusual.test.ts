import { expect, it } from "vitest";
import type { FleetFunctionsAnswer } from "../../types/wire";
import { unusualRows } from "./unusual";

const row = (host: string, name: string, share: number, samples = 1000 * share) => ({ row: host, name, library: "app", kind: "", share, samples });
const answer = (...functions: ReturnType<typeof row>[]) => ({ functions }) as unknown as FleetFunctionsAnswer;

it("names the host that spends more in a function than the others", () => {
  const found = unusualRows(answer(row("a", "f", 0.1), row("b", "f", 0.1), row("c", "f", 0.4), row("a", "g", 0.3), row("b", "g", 0.3), row("c", "g", 0.3)));
  expect(found).toEqual([{ row: "c", name: "f", library: "app", share: 0.4, others: 0.1, samples: 400 }]);
});

it("finds nothing among equals, among two, or in a handful of samples", () => {
  expect(unusualRows(answer(row("a", "f", 0.1), row("b", "f", 0.1), row("c", "f", 0.1)))).toEqual([]);
  expect(unusualRows(answer(row("a", "f", 0.9), row("b", "f", 0.1)))).toEqual([]);
  expect(unusualRows(answer(row("a", "f", 0.1), row("b", "f", 0.1), row("c", "f", 0.9, 9)))).toEqual([]);
});

it("counts a function that others do not have at all", () => {
  expect(unusualRows(answer(row("a", "f", 0.5), row("b", "g", 0.5), row("c", "g", 0.5), row("d", "g", 0.5)))).toMatchObject([{ row: "a", name: "f", others: 0 }]);
});
