// @vitest-environment jsdom
import { MantineProvider } from "@mantine/core";
import { fireEvent, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { parseFleet } from "../../state/fleet/fleetUrl";
import { FleetBar } from "./FleetBar";

it("names the fields of time where everyone sees it", () => {
  const change = vi.fn<(part: object) => void>();
  render(
    <MantineProvider env="test">
      <FleetBar state={parseFleet(new URLSearchParams())} change={change} />
    </MantineProvider>,
  );
  expect(screen.getByText("From").contains(screen.getByTestId("fleet-from"))).toBe(true);
  expect(screen.getByText("To").contains(screen.getByTestId("fleet-to"))).toBe(true);
  fireEvent.change(screen.getByLabelText("From, UTC"), { target: { value: "2026-11-18T13:46" } });
  expect(change).toHaveBeenCalledWith({ from: Date.UTC(2026, 10, 18, 13, 46) / 1000, range: undefined });
});
