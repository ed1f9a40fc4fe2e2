// @vitest-environment jsdom
import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { parseExplorer } from "../../../state/explorerUrl";
import { HeatmapSettings } from "./HeatmapSettings";

function show(sparse: boolean) {
  const change = vi.fn();
  const state = parseExplorer(new URLSearchParams("file=x"));
  render(
    <MantineProvider>
      <HeatmapSettings state={state} change={change} merged={false} sparse={sparse} onShowAll={undefined} />
    </MantineProvider>,
  );
  return change;
}

it("offers fewer rows where cells hold next to nothing", async () => {
  const change = show(true);
  await userEvent.click(screen.getByTestId("fewer-rows"));
  expect(change).toHaveBeenCalledWith({ rows: 25 }, "replace");
});

it("does not where they hold enough", () => {
  show(false);
  expect(screen.queryByTestId("fewer-rows")).toBeNull();
});
