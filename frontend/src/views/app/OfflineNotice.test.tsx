// @vitest-environment jsdom
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "../../api/client";
import { createQueryClient } from "../../state/queryClient";
import { OfflineNotice } from "./OfflineNotice";

beforeEach(() => void vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no server"))));
afterEach(() => vi.unstubAllGlobals());

it("tells of a silent server unless an error on the screen does", async () => {
  const client = createQueryClient();
  const notice = (told: boolean) => (
    <MantineProvider>
      <QueryClientProvider client={client}>
        <OfflineNotice told={told} />
      </QueryClientProvider>
    </MantineProvider>
  );
  const { rerender } = render(notice(false));
  expect(screen.queryByTestId("offline")).toBeNull();
  const silent = () => Promise.reject(new ApiError("No answer.", 0));
  await act(() => client.prefetchQuery({ queryKey: ["any"], queryFn: silent }));
  expect(screen.getByTestId("offline").textContent).toContain("The server does not answer.");
  rerender(notice(true));
  expect(screen.queryByTestId("offline")).toBeNull();
  rerender(notice(false));
  expect(screen.getByTestId("offline")).toBeDefined();
});
