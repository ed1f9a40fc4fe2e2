// The tree of providers and the routes. Hash routes: the server only ever sees one page, and links
// of the original front end (#/heatmap/perf/NAME) arrive here to be redirected.
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { HashRouter, Navigate, Route, Routes } from "react-router";
import { useState } from "react";
import { createQueryClient } from "../state/queryClient";
import { ErrorBoundary } from "./ErrorBoundary";
import { ProfilesView } from "./profiles/ProfilesView";
import { theme } from "./theme";

export function App() {
  const [queryClient] = useState(createQueryClient);
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <ErrorBoundary>
          <HashRouter>
            <Routes>
              <Route path="/" element={<ProfilesView />} />
              <Route path="*" element={<Navigate to="/" replace />} />
            </Routes>
          </HashRouter>
        </ErrorBoundary>
      </QueryClientProvider>
    </MantineProvider>
  );
}
