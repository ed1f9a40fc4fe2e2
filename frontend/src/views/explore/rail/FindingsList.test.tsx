// @vitest-environment jsdom
import { MantineProvider } from "@mantine/core";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ComponentProps } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { parseExplorer } from "../../../state/explorer/explorerUrl";
import { Signal } from "../../../state/signal";
import type { ExplorerState } from "../../../types/explorer";
import { seconds } from "../../../types/units";
import type { Finding } from "../../../types/wire";
import { FindingsList } from "./FindingsList";

afterEach(cleanup);

const BURST: Finding = {
  kind: "burst",
  text: "2 bursts. 88% of the samples in them (0% elsewhere) are in `hash`.",
  ranges: [
    [7, 8],
    [2, 3],
  ],
  selection: {},
  numbers: {},
  function: "JS:*hash /srv/app.js:3:6",
};
const GAP: Finding = { ...BURST, kind: "gap", text: "Nothing ran.", ranges: [[4, 5]], function: "" };

const LOOKING = { data: undefined, error: null };
const FOUND = { data: { findings: [BURST, GAP], missing: [] }, error: null };

function List(props: Pick<ComponentProps<typeof FindingsList>, "query"> & Partial<ComponentProps<typeof FindingsList>>) {
  const pointed = new Signal<Finding | undefined>(undefined);
  const state = parseExplorer(new URLSearchParams("file=x"));
  return (
    <MantineProvider env="test">
      <FindingsList held={false} pointed={pointed} state={state} change={vi.fn()} {...props} />
    </MantineProvider>
  );
}

function show(changes: Partial<ExplorerState> = {}) {
  const change = vi.fn();
  const state = { ...parseExplorer(new URLSearchParams("file=x")), ...changes };
  render(<List query={FOUND} state={state} change={change} />);
  return () => change.mock.lastCall?.[0] as Partial<ExplorerState>;
}

it("keeps room and tells that it looks until the findings are there", () => {
  render(<List query={LOOKING} />);
  expect(screen.getByRole("region", { name: "Findings", busy: true }).textContent).toBe("FindingsLooking for findings…");
  cleanup();
  show();
  expect(screen.queryByTestId("findings-looking")).toBeNull();
});

it("does not move a form below it by findings that come while it is filled in", () => {
  const { rerender } = render(<List query={LOOKING} held />);
  rerender(<List query={FOUND} held />);
  expect(screen.getByTestId("findings-looking").textContent).toBe("Findings wait until the note is done.");
  rerender(<List query={FOUND} />);
  expect(screen.getAllByTestId("finding")).toHaveLength(2);
  rerender(<List query={FOUND} held />);
  expect(screen.getAllByTestId("finding")).toHaveLength(2);
});

it("counts the ranges of a finding, and has none for one range", () => {
  show();
  expect(screen.getAllByTestId("finding-place").map((one) => one.textContent)).toEqual(["2 ranges"]);
});

it("goes to the next range and back, by keyboard, and round", async () => {
  const last = show({ range: { start: seconds(7), end: seconds(8) } });
  expect(screen.getByTestId("finding-place").textContent).toBe("1 of 2");
  await userEvent.tab();
  await userEvent.tab();
  await userEvent.keyboard("{Enter}");
  expect(last().range).toEqual({ start: 2, end: 3 });
  await userEvent.tab();
  await userEvent.keyboard("{Enter}");
  expect(last().range).toEqual({ start: 2, end: 3 });
});

it("begins with the first range, or with the last one", async () => {
  const last = show();
  await userEvent.click(screen.getByTestId("finding-next"));
  expect(last().range).toEqual({ start: 7, end: 8 });
  await userEvent.click(screen.getByTestId("finding-previous"));
  expect(last().range).toEqual({ start: 2, end: 3 });
});

it("searches for the function that it names, without the compiler's tier, and lets go of it", async () => {
  const last = show();
  expect(screen.getAllByTestId("finding-search")).toHaveLength(1);
  await userEvent.click(screen.getByTestId("finding-search"));
  expect(last().search).toBe("hash /srv/app.js:3:6");
  cleanup();
  const again = show({ search: "hash /srv/app.js:3:6" });
  await userEvent.click(screen.getByRole("button", { name: /^Search for it/, pressed: true }));
  expect(again().search).toBe("");
});
