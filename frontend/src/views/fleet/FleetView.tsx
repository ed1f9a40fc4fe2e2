// The fleet's screen: hosts by time, then one host's seconds, then its stacks.
import { useComputedColorScheme } from "@mantine/core";
import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";
import { formatPlural } from "../../lib/format";
import { buildMatrix } from "../../model/fleet/matrix";
import { hasHeatmap, useFleetMatrix } from "../../state/fleet/fleet";
import { formatFleet, parseFleet } from "../../state/fleet/fleetUrl";
import type { ChangeFleet } from "../../types/fleet";
import { Header } from "../app/Header";
import { Loading } from "../shared/Loading";
import { ErrorNotice } from "../shared/Notice";
import { OfflineNotice } from "../app/OfflineNotice";
import { FleetBar } from "./FleetBar";
import { FleetFlame } from "./FleetFlame";
import { FleetHeatmap } from "./FleetHeatmap";
import { MatrixPanel } from "./MatrixPanel";
import { momentsText } from "./moments";
import { UnusualHosts } from "./UnusualHosts";
import classes from "./fleet.module.css";

export function FleetView() {
  const [query, setQuery] = useSearchParams();
  const scheme = useComputedColorScheme("light");
  const state = useMemo(() => parseFleet(query), [query]);
  const change = useCallback<ChangeFleet>((some) => setQuery(formatFleet({ ...state, ...some })), [state, setQuery]);
  const { data, error, refetch, isPlaceholderData } = useFleetMatrix(state);
  const matrix = useMemo(() => data && buildMatrix(data), [data]);
  // All time is short enough where little was collected.
  const cut = { ...state, from: state.from ?? data?.start, to: state.to ?? data?.end };
  const facts = data && `${formatPlural(data.rows.length, state.by)} · ${momentsText(data.start, data.end)} UTC`;
  return (
    <>
      <title>Fleet · FlameScope</title>
      <Header title="Fleet" facts={facts ?? ""} skip={["Skip to the hosts", "main button"]} />
      <OfflineNotice />
      <main className={classes.main} data-testid="fleet-view" data-loading={isPlaceholderData}>
        <FleetBar {...{ state, change }} />
        {error && <ErrorNotice title="The fleet cannot be shown" error={error} retry={() => void refetch()} />}
        {!data && !error && <Loading label="Asking the collection" />}
        {data && data.leftOut > 0 && (
          <p className={classes.warning} data-testid="fleet-left-out">
            {`${formatPlural(data.leftOut, "file")} of the collection ${data.leftOut === 1 ? "is" : "are"} in no number: ${data.leftOutFiles.map(({ name, reason }) => `${name} (${reason})`).join(", ")}`}
          </p>
        )}
        {matrix && <MatrixPanel {...{ state, change, scheme, matrix }} />}
        {matrix && matrix.rows.length > 0 && (
          <div className={classes.below}>
            <div className={classes.pictures}>
              {hasHeatmap(cut) ? (
                <FleetHeatmap {...{ change, scheme }} state={{ ...state, ...cut }} />
              ) : (
                <p className={classes.dim}>Select at most an hour to see its seconds.</p>
              )}
              <FleetFlame {...{ state, change, scheme }} />
            </div>
            <UnusualHosts {...{ state, change, matrix }} />
          </div>
        )}
      </main>
    </>
  );
}
