// @vitest-environment jsdom
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { MemoryRouter } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { createQueryClient } from "../../state/queryClient";
import { ProfilesView } from "./ProfilesView";

const answer = vi.fn<() => Response>();
beforeEach(() => {
  window.localStorage.clear();
  vi.stubGlobal("fetch", () => Promise.resolve(answer()));
});

function open() {
  render(
    <MantineProvider>
      <QueryClientProvider client={createQueryClient()}>
        <MemoryRouter>
          <ProfilesView />
        </MemoryRouter>
      </QueryClientProvider>
    </MantineProvider>,
  );
}

const rows = () => screen.getAllByTestId("profile-row").map((row) => row.dataset.filename);

describe("profiles", () => {
  it("lists the newest first, greys what cannot be read and says why", async () => {
    answer.mockReturnValue(
      Response.json([
        { filename: "old.perf", type: "perf", modified: "2025-01-01T00:00:00Z", size: 1200 },
        { filename: "new.perf", type: "perf", modified: "2026-01-01T00:00:00Z", size: 3_500_000 },
        { filename: "x.txt", type: "unknown", reason: "<b>empty file</b>" },
      ]),
    );
    open();
    await screen.findByTestId("profile-table");
    expect(rows()).toEqual(["new.perf", "old.perf", "x.txt"]);
    expect(screen.getByText("3.5 MB")).toBeTruthy();
    expect(screen.getByTestId("profile-reason").textContent).toBe("<b>empty file</b>");
    expect(within(screen.getAllByTestId("profile-row")[2]!).queryByRole("link")).toBeNull();
    // Somebody may know better.
    await userEvent.click(screen.getByTestId("open-as"));
    expect((await screen.findByTestId("open-as-folded")).getAttribute("href")).toBe("/explore?file=x.txt&type=folded");
  });

  it("sorts by a heading, turns on the second click, and searches", async () => {
    answer.mockReturnValue(
      Response.json([
        { filename: "a", type: "perf", size: 2 },
        { filename: "b", type: "perf", size: 9 },
        { filename: "c", type: "cpuprofile", size: 5 },
      ]),
    );
    open();
    const user = userEvent.setup();
    await user.click(await screen.findByTestId("sort-size"));
    expect(rows()).toEqual(["b", "c", "a"]);
    await user.click(screen.getByTestId("sort-size"));
    expect(rows()).toEqual(["a", "c", "b"]);
    await user.type(screen.getByTestId("profile-search"), "cpuprof");
    expect(rows()).toEqual(["c"]);
  });

  it("links to the explorer with the name percent-encoded", async () => {
    answer.mockReturnValue(Response.json([{ filename: "sub/a b&c#?.perf", type: "perf" }]));
    open();
    const link = await screen.findByTestId("profile-link");
    expect(link.getAttribute("href")).toBe("/explore?file=sub%2Fa+b%26c%23%3F.perf");
  });

  it("shows how to record a profile when there is none", async () => {
    answer.mockReturnValue(Response.json([]));
    open();
    expect((await screen.findByTestId("empty-directory")).textContent).toContain("perf record");
  });

  it("shows the server's sentence and tries again", async () => {
    answer.mockReturnValueOnce(Response.json({ error: "The profile directory is gone." }, { status: 500 }));
    answer.mockReturnValue(Response.json([]));
    open();
    expect((await screen.findByTestId("error")).textContent).toContain("The profile directory is gone.");
    await userEvent.click(screen.getByTestId("error-action"));
    expect(await screen.findByTestId("empty-directory")).toBeTruthy();
  });
});

describe("recent profiles", () => {
  const now = Date.parse("2026-01-02T03:04:00");
  const recent = (file: string, query: string) => ({ file, type: "perf", query, at: now });

  it("lead to the view in which they were left, and are grey where they are gone", async () => {
    const kept = [recent("sub/a", "q=<b>hash</b>&start=1&end=2"), recent("gone", "name=burst")];
    window.localStorage.setItem("flamescope.recent", JSON.stringify(kept));
    answer.mockReturnValue(Response.json([{ filename: "sub/a", type: "perf" }]));
    open();
    const [there, gone] = await screen.findAllByTestId("recent-profile");
    expect(within(there!).getByRole("link").getAttribute("href")).toBe(
      "/explore?file=sub%2Fa&start=1&end=2&q=%3Cb%3Ehash%3C%2Fb%3E",
    );
    expect(there!.textContent).toContain("selected 1.00–2.00 s · search <b>hash</b>");
    expect(there!.textContent).toContain("2026-01-02 03:04");
    expect(within(gone!).queryByRole("link")).toBeNull();
    expect(gone!.dataset.gone).toBe("true");
    expect(gone!.textContent).toContain("no longer there");
  });

  it("are forgotten one by one and all at once", async () => {
    window.localStorage.setItem("flamescope.recent", JSON.stringify([recent("a", ""), recent("b", "")]));
    answer.mockReturnValue(Response.json([{ filename: "a", type: "perf" }]));
    open();
    await userEvent.click((await screen.findAllByTestId("recent-forget"))[1]!);
    expect(screen.getAllByTestId("recent-profile").map(({ dataset }) => dataset.filename)).toEqual(["a"]);
    await userEvent.click(screen.getByTestId("recent-clear"));
    expect(screen.queryByTestId("recent")).toBeNull();
    expect(window.localStorage.getItem("flamescope.recent")).toBe("[]");
  });

  it("are none where what was kept is damaged", async () => {
    window.localStorage.setItem("flamescope.recent", '[{"file":');
    answer.mockReturnValue(Response.json([{ filename: "a", type: "perf" }]));
    open();
    await screen.findByTestId("profile-table");
    expect(screen.queryByTestId("recent")).toBeNull();
  });
});
