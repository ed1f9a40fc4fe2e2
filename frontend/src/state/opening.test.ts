import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { askEarly } from "./opening";
import { createQueryClient } from "./queryClient";

let asked: string[] = [];

beforeEach(() => {
  asked = [];
  vi.stubGlobal("fetch", (url: string) => {
    asked.push(url);
    return Promise.resolve(Response.json({}));
  });
});
afterEach(() => vi.unstubAllGlobals());

it("asks which file it is, then for heatmap and graph that the address names, and for the facts", () => {
  askEarly(createQueryClient(), "#/explore?file=a%20b&rows=25&start=1&end=2&comm=node");
  expect(asked).toHaveLength(4);
  expect(asked[0]).toBe("profile/download?filename=a%20b");
  expect(asked[1]).toMatch(/^heatmap\/\?filename=a%20b&.*rows=25/);
  expect(asked[2]).toMatch(/^flamegraph\/\?filename=a%20b&.*start=1&end=2/);
  for (const url of asked.slice(1, 3)) expect(url).toContain("comm=node");
  expect(asked[3]).toMatch(/filename=a%20b/);
});

it("asks nothing for other screens, nor without a file", () => {
  for (const hash of ["", "#/", "#/explore", "#/explore?rows=25", "#/explored?file=a"]) askEarly(createQueryClient(), hash);
  expect(asked).toEqual([]);
});
