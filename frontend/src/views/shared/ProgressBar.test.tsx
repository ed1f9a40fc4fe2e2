// @vitest-environment jsdom
import { MantineProvider } from "@mantine/core";
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { ProgressBar } from "./ProgressBar";

afterEach(cleanup);

function valueOf(fraction: number | undefined): string | null {
  render(
    <MantineProvider env="test">
      <ProgressBar label="Reading" fraction={fraction} />
    </MantineProvider>,
  );
  return screen.getByRole("progressbar", { name: "Reading" }).getAttribute("aria-valuenow");
}

it("tells how much is done where that is known", () => {
  expect(valueOf(0.4)).toBe("40");
  cleanup();
  expect(valueOf(undefined)).toBeNull();
});
