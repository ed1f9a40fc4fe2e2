// @vitest-environment jsdom
import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { answerOf } from "../../model/flame/treeFixture";
import { renderExplorer } from "./explorerFixture";

// Two seconds of two rows: 1 and 2 samples in the first, 3 and 4 in the second.
const HEATMAP = { rows: [500, 0], columns: [0, 1], values: [2, 1, 4, 3], maxvalue: 4, samples: 10, idle: 5 };
const GRAPH = answerOf("node 0\n  work 6\n    <b>hash</b> [libcrypto.so] 4", { profileSamples: 10, unit: "samples" });
const COST = { frames: 1, samplesMoved: 4, samplesEmptied: 2, samples: 10 };
const NODE = { name: "node", title: "Node filter", hint: "old <i>", description: "what it does", drop: ["hash"], rewrite: [] };
const FILTERS = [{ ...NODE, default: false }];
// A weight other than one a sample: the shares are of samples all the same.
const FILTERED = answerOf("node 4000\n  work 6000", { filtered: COST });

const UNTIMED = {
  ...{ format: "folded", samples: 10, idle: 0, timed: false, commands: [], processes: [], threads: [], cpus: [], events: [] },
  ...{ header: {}, mainEvents: [], duration: null, frequency: null, report: null },
};

const PERF = { ...UNTIMED, format: "perf", timed: true, frequency: 49 };

let asked: string[] = [];
const answers = { heatmap: () => Response.json(HEATMAP), flamegraph: () => Response.json(GRAPH) };
let routes: Record<string, () => Response> = answers;

beforeEach(() => {
  asked = [];
  routes = answers;
  HTMLCanvasElement.prototype.getContext = () => null;
  vi.stubGlobal("fetch", (url: string) => {
    asked.push(url);
    if (url.startsWith("filter/?")) return Promise.resolve(Response.json([{ ...FILTERS[0], cost: COST }]));
    if (url.startsWith("filter/")) return Promise.resolve(Response.json(FILTERS));
    if (url.includes("filter=node")) return Promise.resolve(Response.json(FILTERED));
    return Promise.resolve(routes[url.split("/")[0]!]?.() ?? Response.json({ error: "no" }, { status: 404 }));
  });
});

afterEach(() => vi.useRealTimers());

function open(search = "?file=a%20b.perf") {
  return renderExplorer(search);
}
const summary = () => screen.getByTestId("selection-summary");
const graph = () => screen.findByTestId("flamegraph");

describe("explorer", () => {
  it("opens the whole profile", async () => {
    open();
    expect((await graph()).dataset).toMatchObject({ samples: "10", nodes: "4", zoom: "" });
    expect(summary().textContent).toContain("10 samples · 5 idle");
    expect(screen.getByTestId("heatmap").dataset).toMatchObject({ columns: "2", rows: "2", maxvalue: "4" });
    expect(asked).toContain("heatmap/?filename=a%20b.perf&autoRows=true&columns=2000&columnLength=auto&busy=true&format=columns&event=main&untimed=true");
  });

  it("draws the root at the top where the page scrolls, unless another layout was chosen", async () => {
    const wide = window.matchMedia.bind(window);
    window.matchMedia = (query) => Object.assign(wide(query), { matches: query === "(max-width: 1099px)" });
    onTestFinished(() => void (window.matchMedia = wide));
    open("?file=x");
    expect((await graph()).dataset.layout).toBe("icicle");
    cleanup();
    open("?file=x&layout=flame");
    expect((await graph()).dataset.layout).toBe("flame");
    cleanup();
    window.matchMedia = wide;
    open("?file=x");
    expect((await graph()).dataset.layout).toBe("flame");
  });

  it("opens a link's range and says what it selects", async () => {
    open("?file=x&start=0.5&end=1.5");
    await graph();
    expect(summary().dataset).toMatchObject({ start: "0.5", end: "1.5", samples: "5" });
    expect(summary().textContent).toBe("selected 0.50–1.50 s · 5 samples · 50.0 %");
    expect(asked).toContain("flamegraph/?filename=x&start=0.5&end=1.5&event=main&format=columns");
  });

  it("selects, grows, steps and clears by keyboard, and puts it into the address", async () => {
    const address = open();
    await graph();
    const heatmap = screen.getByTestId("heatmap");
    fireEvent.keyDown(heatmap, { key: "ArrowRight" });
    await waitFor(() => expect(address()).toContain("start=0&end=1"));
    fireEvent.keyDown(heatmap, { key: "ArrowDown", shiftKey: true });
    await waitFor(() => expect(summary().dataset).toMatchObject({ start: "0", end: "0.5", samples: "1" }));
    fireEvent.keyDown(window, { key: "]" });
    await waitFor(() => expect(summary().dataset).toMatchObject({ start: "0.5", end: "1", samples: "2" }));
    fireEvent.keyDown(heatmap, { key: "Escape" });
    await waitFor(() => expect(address()).not.toContain("start"));
    expect(summary().textContent).toContain("whole profile");
  });

  it("keeps the zoom when a filter is switched on, and says what it cost", async () => {
    const address = open();
    const canvas = await graph();
    for (const key of ["ArrowUp", "ArrowUp", "Enter"]) fireEvent.keyDown(canvas, { key });
    await waitFor(() => expect(canvas.dataset.zoom).toBe("work"));
    await userEvent.click(await screen.findByTestId("filter"));
    await userEvent.click((await screen.findAllByTestId("filter-choice"))[1]!);
    expect((await screen.findByTestId("filter-cost")).textContent).toBe(
      "Node filter: 40.0 % of samples moved to a caller, 20.0 % emptied",
    );
    expect(canvas.dataset.zoom).toBe("work");
    expect(address()).toContain("filter=node");
    await userEvent.click(screen.getByTestId("reset-zoom"));
    await waitFor(() => expect(canvas.dataset.zoom).toBe(""));
  });

  it("tells which filter is for what, and what it would cost what is selected", async () => {
    const address = open("?file=x&start=0&end=1");
    await graph();
    expect(asked.some((url) => url.startsWith("filter/?"))).toBe(false);
    const user = userEvent.setup();
    (await screen.findByTestId("filter")).focus();
    await user.keyboard("{Enter}");
    await screen.findByTestId("filter-choices");
    await waitFor(() =>
      expect(screen.getByTestId("filter-choice-cost").textContent).toBe(
        "40.0 % of samples moved to a caller, 20.0 % emptied",
      ),
    );
    expect(asked).toContain("filter/?filename=x&start=0&end=1&event=main");
    const [off, node] = screen.getAllByTestId("filter-choice");
    expect(off!.getAttribute("aria-pressed")).toBe("true");
    expect(node!.textContent).toContain("what it does");
    await waitFor(() => expect(document.activeElement).toBe(off));
    node!.focus();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(address()).toContain("filter=node"));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("filter")));
  });

  it("searches from the slash key, says the share, and clears with Escape", async () => {
    const address = open();
    const canvas = await graph();
    const user = userEvent.setup();
    await user.keyboard("/");
    expect(document.activeElement).toBe(screen.getByTestId("search"));
    await user.keyboard("HASH");
    await waitFor(() => expect(canvas.dataset.matched).toBe("4"));
    expect(screen.getByTestId("search-result").textContent).toBe("40.0 % of profile");
    expect(address()).toContain("q=HASH");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(address()).not.toContain("q="));
    expect(screen.getByTestId("search-result").textContent).toBe("");
  });

  it("goes back by Escape outside of the field too: first the search, then the range", async () => {
    const address = open("?file=x&q=hash&start=0&end=1");
    await graph();
    fireEvent.keyDown(window, { key: "Escape" });
    await waitFor(() => expect(address()).toBe("?file=x&start=0&end=1"));
    fireEvent.keyDown(window, { key: "Escape" });
    await waitFor(() => expect(address()).toBe("?file=x"));
  });

  it("reads frames out as text, never as HTML", async () => {
    open();
    await graph();
    expect(screen.getByTestId("frame-table").textContent).toContain("<b>hash</b>");
    expect(document.querySelector("b")).toBeNull();
  });

  it("shows the flame graph of a profile without times, and why there is no heatmap", async () => {
    const error = "The samples have no times: record with -F time.";
    const none = { rows: [], columns: [], values: [], maxvalue: 0, samples: 0, idle: 0, missing: [error] };
    routes = { ...answers, heatmap: () => Response.json(none) };
    open();
    expect((await graph()).dataset.samples).toBe("10");
    expect(screen.getByTestId("error").textContent).toContain(error);
  });

  it("drops what only times make possible from a link to a profile without them", async () => {
    const refused = () => Response.json({ error: "No times." }, { status: 422 });
    const none = { rows: [], columns: [], values: [], maxvalue: 0, samples: 0, idle: 0, missing: ["No times."] };
    const graphOf = () => (asked.at(-1)!.includes("start=") ? refused() : Response.json(GRAPH));
    routes = { heatmap: () => Response.json(none), flamegraph: graphOf, profile: () => Response.json(UNTIMED), timeline: refused };
    open("?file=x&start=1&end=2&view=time");
    expect((await graph()).dataset.samples).toBe("10");
    expect(screen.getAllByText("No times.")).toHaveLength(1);
    expect(screen.queryByTestId("error")).toBeNull();
    expect(asked.some((url) => url.startsWith("timeline"))).toBe(false);
  });

  it("leads from a type that the file does not have to what it is", async () => {
    const refused = () => Response.json({ error: "ask for type=folded" }, { status: 400 });
    routes = { heatmap: refused, flamegraph: refused, profile: refused };
    const address = open("?file=x&type=cpuprofile");
    const words = "“cpuprofile”, but the file is of another type.";
    expect((await screen.findByTestId("error")).textContent).toContain(words);
    expect(asked.filter((url) => url.startsWith("profile/info"))).toHaveLength(1);
    routes = answers;
    await userEvent.click(screen.getByTestId("error-action"));
    await waitFor(() => expect(address()).toBe("?file=x"));
  });

  it("blames the type of the other file for a failed comparison, not the filters", async () => {
    const refused = () => Response.json({ error: "ask for type=folded" }, { status: 400 });
    const heatmap = () => (asked.at(-1)!.includes("filename=y") ? refused() : Response.json(HEATMAP));
    routes = { ...answers, heatmap, differential: refused };
    const address = open("?file=x&comm=node&compare=differential&compareFile=y&compareType=cpuprofile");
    const remedy = await screen.findByText("Detect the type");
    expect(screen.getAllByTestId("error")).toHaveLength(1);
    await userEvent.click(remedy);
    await waitFor(() => expect(address()).not.toContain("compareType"));
    expect(address()).toContain("comm=node");
    expect(address()).toContain("compareFile=y");
  });

  it("leads back from a range that the profile does not have", async () => {
    const error = "The range is outside the profile.";
    const profile = () => Response.json(PERF);
    routes = { ...answers, profile, flamegraph: () => Response.json({ error }, { status: 416 }) };
    const address = open("?file=x&start=500&end=600");
    expect((await screen.findByTestId("error")).textContent).toContain(error);
    expect(screen.getAllByText(error)).toHaveLength(1);
    // With the facts, nothing but the range keeps the breakdowns back.
    expect(await screen.findByText(/49 Hz/)).toBeDefined();
    expect(asked.filter((url) => url.includes("start=500"))).toHaveLength(1);
    expect(screen.queryByTestId("who")).toBeNull();
    expect(screen.getByTestId("selection-summary").textContent).toContain("not within the profile");
    routes = { ...answers, profile };
    await userEvent.click(screen.getByTestId("error-action"));
    expect((await graph()).dataset.samples).toBe("10");
    expect(address()).toBe("?file=x");
    await waitFor(() => expect(asked.some((url) => url.startsWith("breakdown"))).toBe(true));
  });

  it("leads from an event without samples to the main one", async () => {
    const none = answerOf("", { profileSamples: 10, unit: "samples" });
    const graphOf = () => Response.json(asked.at(-1)!.includes("event=gone") ? none : GRAPH);
    routes = { ...answers, flamegraph: graphOf };
    const address = open("?file=x&event=gone");
    const action = await screen.findByTestId("main-event");
    expect(screen.getByTestId("no-samples").textContent).toContain("No samples of event gone.");
    await userEvent.click(action);
    await waitFor(() => expect(address()).toBe("?file=x"));
    await waitFor(async () => expect((await graph()).dataset.samples).toBe("10"));
    expect(screen.queryByTestId("no-samples")).toBeNull();
  });

  it("tells of a silent server where a hint stands in place of the graph's error", async () => {
    const silent = () => {
      throw new TypeError("no server");
    };
    routes = { ...answers, flamegraph: silent };
    open("?file=x&compare=differential&rest=1");
    expect(await screen.findByText("Select a range")).toBeDefined();
    expect(await screen.findByTestId("offline")).toBeDefined();
    expect(screen.queryByTestId("error")).toBeNull();
  });

  it("says once what is wrong with a profile that cannot be opened, and tries again", async () => {
    const failed = () => Response.json({ error: "No such profile." }, { status: 404 });
    routes = { heatmap: failed, flamegraph: failed };
    open();
    expect((await screen.findByTestId("error")).textContent).toContain("No such profile.");
    expect(screen.getAllByTestId("error")).toHaveLength(1);
    routes = answers;
    await userEvent.click(screen.getByTestId("error-action"));
    expect((await graph()).dataset.samples).toBe("10");
  });

  it("opens a file that appears as any other: with its facts, and watched for another version", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const failed = () => Response.json({ error: "No such profile." }, { status: 404 });
    routes = { heatmap: failed, flamegraph: failed, profile: failed };
    open("?file=x");
    await screen.findByTestId("error");
    let version = "1";
    const profile = () => Response.json(PERF, { headers: { ETag: version } });
    routes = { ...answers, profile };
    const asks = () => asked.filter((url) => url.startsWith("profile/download")).length;
    const before = asks();
    await userEvent.click(screen.getByTestId("error-action"));
    await graph();
    expect(await screen.findByText(/49 Hz/)).toBeDefined();
    expect(asks()).toBe(before + 1);
    version = "2";
    await act(() => vi.advanceTimersByTimeAsync(5000));
    expect(await screen.findByTestId("changed-on-disk")).toBeDefined();
  });
});
