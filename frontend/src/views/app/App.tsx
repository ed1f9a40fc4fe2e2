// The tree of providers and the routes. Hash routes: the server only ever sees one page, and links
// of the original front end (#/heatmap/perf/NAME) arrive here to be redirected.
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider, type QueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { HashRouter, Navigate, Route, Routes, useLocation } from "react-router";
import { EXPLORE_PATH } from "../../state/explorer/explorerUrl";
import { FLEET_PATH } from "../../state/fleet/fleetUrl";
import { legacyTarget } from "../../state/legacyLinks";
import { askEarly, opensExplorer } from "../../state/opening";
import { createQueryClient } from "../../state/queryClient";
import { ErrorBoundary } from "./ErrorBoundary";
import { Importing } from "../importing/Importing";
import { Loading } from "../shared/Loading";
import { ProfilesView } from "../profiles/ProfilesView";
import { theme } from "./theme";

const loadExplorer = () => import("../explore/ExplorerView");
const ExplorerView = lazy(loadExplorer);
const FleetView = lazy(() => import("../fleet/FleetView").then(({ FleetView: view }) => ({ default: view })));

/** Begins what an explorer needs before anything is rendered: its scripts, and its answers beside them. */
function startClient(): QueryClient {
  const client = createQueryClient();
  const { hash } = window.location;
  // If it cannot be loaded, the screen that needs it shows the error.
  if (opensExplorer(hash)) loadExplorer().catch(() => undefined);
  askEarly(client, hash);
  return client;
}

export function App() {
  const [queryClient] = useState(startClient);
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <ErrorBoundary>
          {/* Without transitions: a range that was selected must not flash back while the router takes its time. */}
          <HashRouter useTransitions={false}>
            <Importing>
              <Suspense fallback={<Loading label="Opening" />}>
                <Routes>
                  <Route path="/" element={<ProfilesView />} />
                  <Route path={EXPLORE_PATH} element={<ExplorerView />} />
                  <Route path={FLEET_PATH} element={<FleetView />} />
                  <Route path="*" element={<LegacyLink />} />
                </Routes>
              </Suspense>
            </Importing>
          </HashRouter>
        </ErrorBoundary>
      </QueryClientProvider>
    </MantineProvider>
  );
}

function LegacyLink() {
  const { pathname } = useLocation();
  return <Navigate to={legacyTarget(pathname) ?? "/"} replace />;
}
