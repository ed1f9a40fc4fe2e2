import { describe, expect, it } from "vitest";
import { formatFleet, parseFleet } from "./fleetUrl";

const state = (query: string) => parseFleet(new URLSearchParams(query));

describe("the address of the fleet's screen", () => {
  it("takes times in seconds and as the server does, in UTC without a zone", () => {
    for (const from of ["1795946400", "2026-11-29T10:00:00Z", "2026-11-29T10:00", "2026-11-29 10:00:00", "2026-11-29T12:00:00+02:00"])
      expect(state(new URLSearchParams({ from }).toString()).from).toBe(1795946400);
  });

  it("ignores what is no time", () => {
    for (const from of ["", " ", "soon", "-5", "1e999", "1969-12-31T23:00:00Z", "Z"])
      expect(state(new URLSearchParams({ from }).toString()).from).toBeUndefined();
  });

  it("comes back as it was", () => {
    const query = "by=service&from=1795946400&to=1795950000&host=a&host=b+c&ran=f&search=%3C&compared=week&start=0.5&end=1.25";
    expect(formatFleet(state(query)).toString()).toBe(query);
  });
});
