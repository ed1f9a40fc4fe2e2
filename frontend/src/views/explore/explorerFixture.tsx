// The explorer at an address, as its tests open it.
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import { MemoryRouter, useLocation } from "react-router";
import { createQueryClient } from "../../state/queryClient";
import ExplorerView from "./ExplorerView";

/** Render the explorer. Return a function for its address. The environment "test" has no transitions. */
export function renderExplorer(search: string, env: "default" | "test" = "default"): () => string {
  let address = "";
  function Address() {
    address = useLocation().search;
    return null;
  }
  render(
    <MantineProvider env={env}>
      <QueryClientProvider client={createQueryClient()}>
        <MemoryRouter initialEntries={[`/explore${search}`]}>
          <ExplorerView />
          <Address />
        </MemoryRouter>
      </QueryClientProvider>
    </MantineProvider>,
  );
  return () => address;
}

/** An address in words. */
export const inWords = (search: string): string => decodeURIComponent(search.replace(/\+/g, " "));
