// @vitest-environment jsdom
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { MemoryRouter, useLocation } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { FORMATS } from "../../model/profiles/formatsFixture";
import { createQueryClient } from "../../state/queryClient";
import { ProfilesView } from "./ProfilesView";

const answer = vi.fn<() => Response>();
beforeEach(() => {
  window.localStorage.clear();
  vi.stubGlobal("fetch", (url: string) => Promise.resolve(url === "format/" ? Response.json(FORMATS) : answer()));
});

function open() {
  render(
    <MantineProvider>
      <QueryClientProvider client={createQueryClient()}>
        <MemoryRouter>
          <ProfilesView />
          <Here />
        </MemoryRouter>
      </QueryClientProvider>
    </MantineProvider>,
  );
}

function Here() {
  const { pathname, search } = useLocation();
  return <output data-testid="here">{pathname + search}</output>;
}

const here = () => screen.getByTestId("here").textContent;
const rows = () => screen.getAllByTestId("profile-row").map((row) => row.dataset.filename);

describe("profiles", () => {
  it("shows the time of a list that is old, and asks for a new one", async () => {
    const list = (age: number) => Response.json([{ filename: "a.perf", type: "perf", size: 1200 }], { headers: { "X-List-Age": String(age) } });
    answer.mockImplementation(() => list(754));
    open();
    const notice = await screen.findByTestId("list-age");
    const made = Number(notice.dataset.time);
    expect(Math.abs(Date.now() - 754_000 - made)).toBeLessThan(60_000);
    expect(notice.textContent).toBe(`List as of ${new Date(made).toTimeString().slice(0, 5)}Refresh`);
    answer.mockImplementation(() => list(2));
    await userEvent.click(screen.getByTestId("list-refresh"));
    await waitFor(() => expect(screen.queryByTestId("list-age")).toBeNull());
    expect(rows()).toEqual(["a.perf"]);
  });

  it("keeps the room of a finding that will not come", async () => {
    const list = [{ filename: "a.perf", type: "perf", size: 9e9 }];
    const previews = [{ filename: "a.perf", state: "none" }];
    vi.stubGlobal("fetch", (url: string) =>
      Promise.resolve(Response.json(url === "format/" ? FORMATS : url.startsWith("profile/preview") ? previews : list)),
    );
    open();
    await waitFor(() => expect(screen.getByTestId("profile-finding-row").textContent).toBe("Open it to see what stands out."));
  });

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
    await userEvent.click(screen.getAllByTestId("row-menu")[2]!);
    expect((await screen.findByTestId("open-as-folded")).getAttribute("href")).toBe("/explore?file=x.txt&type=folded");
    // The formats are the server's.
    const newest = screen.getByTestId("open-as-newest");
    expect([newest.textContent, newest.getAttribute("href")]).toEqual([
      "<b>newest</b> format",
      "/explore?file=x.txt&type=newest",
    ]);
    expect(screen.queryByTestId("open-as-speedscope")).toBeNull();
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
    expect((await screen.findByTestId("other-formats")).textContent).toContain("newest --record 'a b'");
    expect(screen.getByTestId("empty-directory").textContent).toContain(
      "It takes perf script text, perf.data, V8 CPU profile, folded stacks and <b>newest</b> format, compressed or not.",
    );
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

describe("rows", () => {
  const FILES = [
    { filename: "a.perf", type: "perf", size: 7000 },
    { filename: "b.perf", type: "perf", error: "The file is <b>cut</b>." },
    { filename: "sub/README.md", type: "unknown", reason: "no format" },
  ];
  const row = (name: string) => screen.getAllByTestId("profile-row").find(({ dataset }) => dataset.filename === name)!;

  it("open by a click anywhere, in a tab of their own by the middle button or Ctrl", async () => {
    const opened = vi.spyOn(window, "open").mockReturnValue(null);
    answer.mockReturnValue(Response.json(FILES));
    open();
    const user = userEvent.setup();
    const size = await screen.findByText("7.0 kB");
    const link = within(row("a.perf")).getByRole<HTMLAnchorElement>("link");
    await user.pointer({ keys: "[MouseMiddle]", target: size });
    await user.keyboard("{Control>}");
    await user.click(size);
    await user.keyboard("{/Control}");
    expect(opened.mock.calls).toEqual([[link.href, "_blank", "noopener"], [link.href, "_blank", "noopener"]]);
    await user.click(row("sub/README.md"));
    await user.click(within(row("a.perf")).getByTestId("row-menu"));
    // In the menu, which is a part of the row only for React.
    await user.click(await screen.findByText("Open as"));
    await user.keyboard("{Escape}");
    expect(here()).toBe("/");
    await user.click(size);
    expect(here()).toBe("/explore?file=a.perf");
    opened.mockRestore();
  });

  it("do not open when text in them is selected", async () => {
    answer.mockReturnValue(Response.json(FILES));
    open();
    const size = await screen.findByText("7.0 kB");
    window.getSelection()?.selectAllChildren(size);
    fireEvent.click(size);
    expect(here()).toBe("/");
    window.getSelection()?.removeAllRanges();
    fireEvent.click(size);
    expect(here()).toBe("/explore?file=a.perf");
  });

  it("are reached from the search and walked by arrow keys, with / to go back", async () => {
    answer.mockReturnValue(Response.json(FILES));
    open();
    await screen.findByTestId("profile-table");
    const user = userEvent.setup();
    await user.keyboard("/");
    const search = screen.getByTestId<HTMLInputElement>("profile-search");
    expect(document.activeElement).toBe(search);
    await user.keyboard("a/b");
    expect(search.value).toBe("a/b");
    await user.keyboard("{Escape}/{ArrowDown}");
    const [first, second] = screen.getAllByTestId("profile-link");
    expect(document.activeElement).toBe(first);
    await user.keyboard("{ArrowDown}{ArrowDown}");
    expect(document.activeElement).toBe(second);
    await user.keyboard("{Home}{ArrowUp}");
    expect(document.activeElement).toBe(search);
  });

  it("open by Enter in the search where one is left", async () => {
    answer.mockReturnValue(Response.json(FILES));
    open();
    const search = await screen.findByTestId("profile-search");
    const user = userEvent.setup();
    await user.type(search, ".perf{Enter}");
    expect(here()).toBe("/");
    await user.type(search, "{Backspace}{Backspace}{Backspace}{Backspace}{Backspace}b.{Enter}");
    expect(here()).toBe("/explore?file=b.perf");
  });

  it("say what was wrong at the last reading, and what is no profile comes last under a heading", async () => {
    answer.mockReturnValue(Response.json([...FILES, { filename: "sub/z", type: "perf" }]));
    open();
    await screen.findByTestId("profile-table");
    expect(rows()).toEqual(["a.perf", "b.perf", "sub/z", "sub/README.md"]);
    const failed = within(row("b.perf")).getByTestId("profile-error");
    expect(failed.textContent).toContain("could not be read: The file is <b>cut</b>.");
    expect(failed.title).toBe("The file is <b>cut</b>.");
    expect(within(row("b.perf")).getByRole("link")).toBeTruthy();
    const others = screen.getByTestId("profile-others");
    expect(within(others).getByRole("rowheader").textContent).toBe("1 other file, not a profile");
    expect(within(others).getByTestId("profile-row").textContent).toContain("sub/README.md");
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

  it("open as the type that was chosen for them, perf too", async () => {
    window.localStorage.setItem("flamescope.recent", JSON.stringify([recent("odd.txt", "file=odd.txt&type=perf")]));
    answer.mockReturnValue(Response.json([{ filename: "odd.txt", type: "unknown" }]));
    open();
    expect((await screen.findByTestId("recent-link")).getAttribute("href")).toBe("/explore?file=odd.txt&type=perf");
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
