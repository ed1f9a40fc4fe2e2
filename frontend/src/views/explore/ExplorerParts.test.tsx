// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { answerOfRows } from "../../model/breakdown/breakdownFixture";
import { answerOf } from "../../model/flame/treeFixture";
import { FORMATS } from "../../model/profiles/formatsFixture";
import { inWords, renderExplorer } from "./explorerFixture";

const HEATMAP = { rows: [500, 0], columns: [0, 1], values: [2, 1, 4, 3], maxvalue: 4, samples: 10, idle: 0 };
const GRAPH = answerOf("node 0\n  work 6\n    <b>hash</b> [libcrypto.so] 4", { profileSamples: 10 });
const DIFFERENCE = { ...GRAPH, nodes: { ...GRAPH.nodes, delta: GRAPH.nodes.self, totalDelta: GRAPH.nodes.total } };
const count = (value: string | number, samples: number, label?: string) => ({ value, samples, busy: samples, label });
const INFO = {
  format: "perf",
  samples: 15,
  idle: 5,
  commands: [count("node", 9), count("<i>sh</i>", 1)],
  processes: [],
  threads: [count(7, 9, "node"), count(8, 1, "sh")],
  cpus: [count(0, 10)],
  events: [],
  header: {},
  mainEvents: [],
  duration: null,
  frequency: null,
  report: {
    skipped: 2,
    withoutStack: 0,
    outOfOrder: 0,
    lostEvents: 0,
    repaired: 0,
    other: {},
    notes: [{ reason: "not a frame", line: 3, text: "x" }],
    messages: [],
  },
};

const COMMANDS = answerOfRows("comm", [
  { value: "node", label: "node", samples: 3 },
  { value: "<i>sh</i>", label: "<i>sh</i>", samples: 2 },
  { value: "idle", label: "idle", samples: 0 },
]);

let asked: string[] = [];
let info: object = INFO;
let faults: (url: string) => number | undefined = () => undefined;
beforeEach(() => {
  asked = [];
  info = INFO;
  faults = () => undefined;
  HTMLCanvasElement.prototype.getContext = () => null;
  const routes: Record<string, unknown> = {
    heatmap: HEATMAP,
    flamegraph: GRAPH,
    breakdown: COMMANDS,
    differential: DIFFERENCE,
    elided: GRAPH,
    filter: [],
    format: FORMATS,
    profile: [
      { filename: "x", type: "perf" },
      { filename: "other", type: "cpuprofile" },
    ],
  };
  vi.stubGlobal("fetch", (url: string) => {
    asked.push(url);
    const status = faults(url);
    const ended = () => Response.json({ error: "The reader ended." }, { status });
    if (status !== undefined) return Promise.resolve(ended());
    const [first = "", second = ""] = url.split(/[/?]/);
    const answer = second === "info" ? info : routes[first];
    const matched = url.includes("search=") ? { ...HEATMAP, matches: [0, 1, 0, 2] } : answer;
    return Promise.resolve(Response.json(matched));
  });
});

async function open(search = "?file=x") {
  const address = renderExplorer(search, "test");
  await screen.findByTestId("selection-summary");
  return () => inWords(address());
}

describe("filter bar", () => {
  it("chooses commands by ticking, for both pictures, and lets go of them", async () => {
    const address = await open();
    await userEvent.click(await screen.findByTestId("facet-comm"));
    fireEvent.change(await screen.findByTestId("facet-comm-search"), { target: { value: "<i" } });
    const option = screen.getByTestId("facet-option");
    // As the selection counts them, not the profile.
    await waitFor(() => expect(option.dataset).toMatchObject({ value: "<i>sh</i>", count: "2", empty: "false" }));
    await userEvent.click(option);
    await waitFor(() => expect(address()).toContain("comm=<i>sh</i>"));
    const sent = `comm=${encodeURIComponent("<i>sh</i>")}`;
    await waitFor(() => expect(asked.filter((url) => url.includes(sent)).map((url) => url.split("/")[0])).toEqual(
      expect.arrayContaining(["heatmap", "flamegraph"]),
    ));
    expect(screen.queryByTestId("facet-cpu")).toBeNull();
    await userEvent.click(screen.getByTestId("filter-chip"));
    await waitFor(() => expect(address()).toBe("?file=x"));
  });

  it("takes a pattern as text, shows it as it was typed, and clears all", async () => {
    const address = await open();
    await userEvent.click(await screen.findByTestId("pattern-menu"));
    fireEvent.change(await screen.findByTestId("pattern-text"), { target: { value: "a(b)" } });
    await userEvent.click(screen.getByTestId("pattern-add"));
    await waitFor(() => expect(address()).toContain("include=(?i)a\\(b\\)"));
    expect(screen.getByTestId("filter-chip").textContent).toContain("a(b)");
    await userEvent.click(screen.getByTestId("idle"));
    expect(screen.getByTestId("kept").dataset).toMatchObject({ samples: "10", all: "15" });
    await userEvent.click(screen.getByTestId("clear-filters"));
    await waitFor(() => expect(address()).toBe("?file=x"));
  });
});

it("marks the cells in which the search matches", async () => {
  await open("?file=x&q=hash");
  await waitFor(() => expect(screen.getByTestId("heatmap").dataset.marked).toBe("2"));
  expect(asked.some((url) => url.startsWith("heatmap/") && url.includes(`search=${encodeURIComponent("(?i)hash")}`))).toBe(true);
});

it("offers the other reading of a file, once", async () => {
  info = { ...INFO, also: ["cpuprofile"], preferred: "cpuprofile" };
  await open();
  expect((await screen.findByTestId("other-readings")).textContent).toContain("also holds a V8 CPU profile with the names of the functions that ran, which covers more");
  expect(screen.getByTestId("read-as-cpuprofile").getAttribute("href")).toBe("/explore?file=x&type=cpuprofile");
  await userEvent.click(screen.getByTestId("other-readings-hide"));
  expect(screen.queryByTestId("other-readings")).toBeNull();
});

it("says what could not be read", async () => {
  await open();
  expect((await screen.findByTestId("parse-report")).textContent).toContain("2 lines skipped");
  await userEvent.click(screen.getByTestId("parse-report-hide"));
  expect(screen.queryByTestId("parse-report")).toBeNull();
});

describe("table", () => {
  it("lists functions, sorts them, and opens callers and callees", async () => {
    const address = await open("?file=x&view=table");
    const names = () => screen.getAllByTestId("function-row").map((row) => row.dataset.name);
    await screen.findByTestId("function-table");
    expect(names()).toEqual(["work", "<b>hash</b>", "node"]);
    await userEvent.click(screen.getByTestId("function-sort-total"));
    expect(names()).toEqual(["node", "work", "<b>hash</b>"]);
    expect(document.querySelector("b")).toBeNull();
    await userEvent.click(screen.getAllByTestId("function-row")[1]!);
    expect((await screen.findByTestId("sandwich")).dataset).toMatchObject({ name: "work", self: "6", total: "10" });
    expect(address()).toContain("callers=work");
    // The table stays where it was: the next function is a click away.
    expect(names()).toEqual(["node", "work", "<b>hash</b>"]);
    await userEvent.click(screen.getAllByTestId("function-row")[0]!);
    await waitFor(() => expect(screen.getByTestId("sandwich").dataset.name).toBe("node"));
    fireEvent.keyDown(window, { key: "Escape" });
    await waitFor(() => expect(screen.queryByTestId("sandwich")).toBeNull());
    expect(names()).toEqual(["node", "work", "<b>hash</b>"]);
  });

  it("begins with what differs most where two are compared", async () => {
    await open("?file=x&start=0&end=1&compare=differential&compareStart=1&compareEnd=2&view=table");
    await screen.findByTestId("function-table");
    const heading = () => screen.getByTestId("function-sort-change").closest("[role=columnheader]");
    await waitFor(() => expect(heading()?.getAttribute("aria-sort")).toBe("descending"));
    const first = screen.getAllByTestId("function-row")[0]!;
    expect([...first.querySelectorAll("[role=gridcell]")].map(({ textContent }) => textContent)).toEqual(
      ["+60.0", "+100.0", "60.0 %", "0 %", "100 %", "0 %", "work"],
    );
    await userEvent.click(screen.getByTestId("function-sort-self"));
    expect(heading()?.getAttribute("aria-sort")).toBe("none");
  });

  it("says how many of all functions the search found", async () => {
    await open("?file=x&view=table&q=hash");
    await waitFor(() => expect(screen.getAllByTestId("function-row")).toHaveLength(1));
    expect(screen.getByTestId("function-table").textContent).toContain("1 of 3 functions found by the search");
  });

  it("has a menu that filters by the function", async () => {
    const address = await open("?file=x&view=table");
    await screen.findByTestId("function-table");
    fireEvent.contextMenu(screen.getAllByTestId("function-row")[1]!);
    await userEvent.click(await screen.findByTestId("frame-exclude"));
    await waitFor(() => expect(address()).toContain("exclude=^ "));
    expect(screen.getByTestId("filter-chip").textContent).toContain("<b>hash</b>");
  });
});

describe("compare", () => {
  it("compares with the rest of the profile in one click, flips and stops", async () => {
    const address = await open("?file=x&start=0&end=1");
    await userEvent.click(await screen.findByTestId("compare"));
    await userEvent.click(await screen.findByTestId("compare-rest"));
    await waitFor(() => expect(address()).toContain("compare=differential&rest=1"));
    expect(asked).toContain("differential/?filename=x&start=0&end=1&event=main&format=columns&rest=second");
    await userEvent.click(screen.getByTestId("compare-flip"));
    await waitFor(() => expect(screen.getByTestId("compare-bar").dataset).toMatchObject({ flip: "true", rest: "true" }));
    expect(asked).toContain("differential/?filename=x&start=0&end=1&event=main&format=columns&rest=first");
    await userEvent.click(screen.getByTestId("compare-stop"));
    await waitFor(() => expect(address()).toBe("?file=x&start=0&end=1"));
  });

  it("is exported with both sides, where a form has a place for them", async () => {
    await open("?file=x&start=0&end=1&compare=differential&compareStart=1&compareEnd=2&flip=1");
    await userEvent.click(await screen.findByTestId("export"));
    const sides = "filename=x&start=1&end=2&event=main&";
    for (const [format, suffix] of [["folded", ".folded"], ["svg", ".svg"], ["nested", ".json"]] as const) {
      const link = await screen.findByTestId(`export-${format}`);
      expect(link.getAttribute("href")).toBe(
        `differential/?${sides}format=${format}&compareFilename=x&compareStart=0&compareEnd=1`,
      );
      expect(link.getAttribute("download")).toBe(`x.0-1s.diff${suffix}`);
    }
    for (const format of ["speedscope", "pprof"]) {
      expect(screen.getByTestId(`export-${format}`).getAttribute("href")).toBeNull();
      expect(screen.getByTestId(`export-${format}`).textContent).toContain("one side only");
    }
    expect(screen.getByTestId("export-firefox").textContent).toContain("no comparisons");
    expect(screen.getByTestId("export-png").hasAttribute("data-disabled")).toBe(false);
  });

  it("is exported to any form where only the other side is shown", async () => {
    await open("?file=x&start=0&end=1&compare=elided&compareFile=other&compareType=perf");
    await userEvent.click(await screen.findByTestId("export"));
    expect((await screen.findByTestId("export-pprof")).getAttribute("href")).toContain("elided/?filename=x");
    expect(screen.getByTestId("export-pprof").getAttribute("download")).toBe("x.0-1s.elided.pb.gz");
  });

  it("is exported with the rest as it is shown, once there is a range", async () => {
    await open("?file=x&start=0&end=1&compare=differential&rest=1&flip=1");
    await userEvent.click(await screen.findByTestId("export"));
    for (const [format, suffix] of [["folded", ".folded"], ["svg", ".svg"], ["nested", ".json"]] as const) {
      const link = await screen.findByTestId(`export-${format}`);
      expect(link.getAttribute("href")).toBe(
        `differential/?filename=x&start=0&end=1&event=main&format=${format}&rest=first`,
      );
      expect(link.getAttribute("download")).toBe(`x.0-1s.diff${suffix}`);
    }
    cleanup();
    await open("?file=x&compare=differential&rest=1");
    await userEvent.click(await screen.findByTestId("export"));
    expect((await screen.findByTestId("export-folded")).textContent).toContain("select a range first");
    expect(screen.getByTestId("export-folded").getAttribute("href")).toBeNull();
  });

  it("compares with another profile, which shows its own heatmap", async () => {
    const address = await open();
    await userEvent.click(await screen.findByTestId("compare"));
    await userEvent.click(await screen.findByTestId("compare-profile"));
    expect(await screen.findByTestId("compare-heatmap")).toBeTruthy();
    expect(address()).toContain("compareFile=other&compareType=cpuprofile");
    fireEvent.keyDown(screen.getByTestId("compare-heatmap"), { key: "ArrowRight" });
    await waitFor(() => expect(address()).toContain("compareStart=0&compareEnd=1"));
  });
});

describe("breakdowns that fail", () => {
  it("are told in one sentence, with another try beside the table and in place of the lanes", async () => {
    info = { ...INFO, timed: true };
    faults = (url) => (url.startsWith("breakdown/") ? 500 : undefined);
    await open();
    const lanes = await screen.findByTestId("lanes-error");
    expect(screen.getByTestId("who-error").textContent).toContain("The reader ended.");
    expect(screen.getAllByText(/The reader ended/)).toHaveLength(1);
    faults = () => undefined;
    await userEvent.click(within(lanes).getByRole("button", { name: "Try again" }));
    expect(await screen.findByTestId("lanes")).toBeDefined();
    expect(screen.queryByTestId("lanes-error")).toBeNull();
    expect(screen.queryByTestId("who-error")).toBeNull();
  });

  it("are told in place of the lanes where the table shows something else", async () => {
    info = { ...INFO, timed: true };
    faults = (url) => (url.startsWith("breakdown/") && !url.includes("by=function") ? 500 : undefined);
    await open("?file=x&who=function");
    expect((await screen.findByTestId("lanes-error")).textContent).toContain("No lanes: The reader ended.");
    expect(screen.queryByTestId("who-error")).toBeNull();
  });

  it("are asked for again where the server is busy, as are the facts, while the graph is shown", async () => {
    info = { ...INFO, timed: true };
    faults = (url) => (/^(breakdown|profile.info)/.test(url) ? 503 : undefined);
    await open();
    expect(await screen.findByTestId("flamegraph")).toBeDefined();
    expect(screen.queryByTestId("who-rows")).toBeNull();
    faults = () => undefined;
    expect(await screen.findByTestId("lanes", undefined, { timeout: 10_000 })).toBeDefined();
    expect(screen.getByTestId("who-rows")).toBeDefined();
  }, 20_000);
});
