// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { answerOf } from "../../../model/flame/treeFixture";
import { inWords, renderExplorer } from "../explorerFixture";

const HEATMAP = { rows: [500, 0], columns: [0, 1], values: [2, 1, 4, 3], maxvalue: 4, samples: 10, idle: 0 };
const GRAPH = answerOf("node 0\n  work 6\n    hash [libcrypto.so] 4", { profileSamples: 10 });
const VIEWS = "flamescope.views";

beforeEach(() => {
  window.localStorage.clear();
  HTMLCanvasElement.prototype.getContext = () => null;
  const routes: Record<string, unknown> = { heatmap: HEATMAP, flamegraph: GRAPH, filter: [] };
  vi.stubGlobal("fetch", (url: string) => {
    const found = routes[url.split("/")[0]!];
    return Promise.resolve(found ? Response.json(found) : Response.json({ error: "no" }, { status: 404 }));
  });
});
afterEach(() => vi.restoreAllMocks());

async function open(search = "?file=x") {
  const address = renderExplorer(search, "test");
  await screen.findByTestId("flamegraph");
  return () => inWords(address());
}

const kept = () => JSON.parse(window.localStorage.getItem(VIEWS) ?? "[]") as { name: string; query: string }[];
const items = () => screen.getAllByTestId("view-item").map(({ dataset }) => dataset.name);
const views = () => screen.getByTestId("views");

describe("named views", () => {
  it("keep what is shown under a name, here and in the address, by keyboard alone", async () => {
    const address = await open("?file=x&start=0&end=1&layout=icicle");
    const user = userEvent.setup();
    views().focus();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("view-name")));
    await user.keyboard("the <b>burst</b>{Enter}");
    await waitFor(() => expect(address()).toBe("?file=x&start=0&end=1&layout=icicle&name=the <b>burst</b>"));
    expect(kept()).toEqual([{ file: "x", type: "", name: "the <b>burst</b>", query: "file=x&start=0&end=1&layout=icicle" }]);
    expect(views().textContent).toContain("the <b>burst</b>");
    expect(document.title).toBe("the <b>burst</b> · x · FlameScope");
    expect(screen.getByTestId("view-item").textContent).toContain("selected 0.00–1.00 s");
    expect(document.querySelector("b")).toBeNull();
    await user.tab();
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId("views-menu")).toBeNull());
    await waitFor(() => expect(document.activeElement).toBe(views()));
    // The Escape was for the list, not for the selection.
    expect(address()).toContain("start=0&end=1");
  });

  it("lose the name when the view changes, and get it back when it is opened", async () => {
    const address = await open("?file=x&name=whole");
    await userEvent.click(views());
    await userEvent.click(screen.getByTestId("view-save"));
    await userEvent.keyboard("{Escape}");
    await userEvent.click(screen.getByTestId("inverted"));
    await waitFor(() => expect(address()).toBe("?file=x&inverted=1"));
    await userEvent.click(views());
    await userEvent.click(await screen.findByTestId("view-open"));
    await waitFor(() => expect(address()).toBe("?file=x&name=whole"));
    expect(screen.queryByTestId("views-menu")).toBeNull();
  });

  it("are renamed, with Escape for the form alone, and the address with them", async () => {
    const address = await open("?file=x&name=a");
    const user = userEvent.setup();
    await user.click(views());
    await user.click(screen.getByTestId("view-save"));
    await user.click(await screen.findByTestId("view-rename"));
    await user.keyboard("{Escape}");
    expect(screen.getByTestId("views-menu")).toBeTruthy();
    expect(document.activeElement).toBe(screen.getByTestId("view-open"));
    await user.click(screen.getByTestId("view-rename"));
    await user.keyboard("b{Enter}");
    await waitFor(() => expect(items()).toEqual(["b"]));
    expect(document.activeElement).toBe(screen.getByTestId("view-open"));
    await waitFor(() => expect(address()).toBe("?file=x&name=b"));
    expect(kept().map(({ name }) => name)).toEqual(["b"]);
  });

  it("are deleted, and brought back", async () => {
    window.localStorage.setItem(VIEWS, JSON.stringify([{ file: "x", type: "", name: "a", query: "file=x" }]));
    await open();
    const user = userEvent.setup();
    await user.click(views());
    await user.click(await screen.findByTestId("view-delete"));
    expect(kept()).toEqual([]);
    expect(document.activeElement).toBe(screen.getByTestId("view-undo"));
    await user.keyboard("{Enter}");
    expect(items()).toEqual(["a"]);
    expect(screen.getByTestId("views-said").textContent).toBe("");
  });

  it("of other profiles open those", async () => {
    window.localStorage.setItem(VIEWS, JSON.stringify([{ file: "other", type: "folded", name: "a", query: "q=hash&rows=7000" }]));
    const address = await open();
    await userEvent.click(views());
    await userEvent.click(await screen.findByTestId("view-open"));
    await waitFor(() => expect(address()).toBe("?file=other&type=folded&q=hash&name=a"));
  });

  it("survive a damaged list", async () => {
    window.localStorage.setItem(VIEWS, '[{"file":"x","type":"perf","name":"a","query":"file=x"},7,');
    await open("?file=x&name=b");
    await userEvent.click(views());
    expect(screen.queryAllByTestId("view-item")).toHaveLength(0);
    await userEvent.click(screen.getByTestId("view-save"));
    await waitFor(() => expect(items()).toEqual(["b"]));
  });

  it("are in the address where the browser stores nothing, and a note explains it", async () => {
    const address = await open();
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    await userEvent.click(views());
    fireEvent.change(screen.getByTestId("view-name"), { target: { value: "a" } });
    await userEvent.click(screen.getByTestId("view-save"));
    expect(screen.getByTestId("views-said").textContent).toContain("stores nothing");
    await waitFor(() => expect(address()).toBe("?file=x&name=a"));
  });

  it("are those of another tab too", async () => {
    await open();
    await userEvent.click(views());
    window.localStorage.setItem(VIEWS, JSON.stringify([{ file: "x", type: "", name: "there", query: "file=x" }]));
    fireEvent(window, new StorageEvent("storage", { key: VIEWS }));
    await waitFor(() => expect(items()).toEqual(["there"]));
  });
});

it("remembers the profile as it is looked at", async () => {
  await open("?file=x&start=0&end=1");
  const recent = () => JSON.parse(window.localStorage.getItem("flamescope.recent") ?? "[]") as { query: string }[];
  await waitFor(() => expect(recent()).toMatchObject([{ file: "x", type: "", query: "file=x&start=0&end=1" }]));
  await userEvent.click(screen.getByTestId("inverted"));
  await waitFor(() => expect(recent()).toMatchObject([{ query: "file=x&start=0&end=1&inverted=1" }]));
});
