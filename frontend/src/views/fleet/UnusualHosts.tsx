// Findings over hosts: who is busier than the others or than else, and who spends far more in a function.
import { useMemo } from "react";
import { formatShare } from "../../lib/format";
import { displayName, visible } from "../../model/flame/frames/displayName";
import { unusualLoads, type UnusualLoad } from "../../model/fleet/loads";
import type { FleetMatrix } from "../../model/fleet/matrix";
import { LEAST_ROWS, rowsOf, unusualRows, type Unusual } from "../../model/fleet/unusual";
import { useFleetFunctions } from "../../state/fleet/fleet";
import { CHOSEN, type ChangeFleet, type FleetState } from "../../types/fleet";
import { ErrorNotice } from "../shared/Notice";
import { momentsText } from "./moments";
import classes from "./fleet.module.css";

interface UnusualHostsProps {
  readonly state: FleetState;
  readonly change: ChangeFleet;
  readonly matrix: FleetMatrix;
}

export function UnusualHosts({ state, change, matrix }: UnusualHostsProps) {
  const { data, error, refetch } = useFleetFunctions(state);
  const found = useMemo(() => data && unusualRows(data), [data]);
  const loads = useMemo(() => unusualLoads(matrix), [matrix]);
  const few = data !== undefined && rowsOf(data).size < LEAST_ROWS;
  return (
    <aside className={classes.unusual} aria-label="Unusual" data-testid="fleet-unusual">
      <h2>Unusual {state.by}s</h2>
      {error && <ErrorNotice title="The functions cannot be compared" error={error} retry={() => void refetch()} />}
      {!found && !error && <p className={classes.dim}>{`Comparing the ${state.by}s …`}</p>}
      {found?.length === 0 && loads.length === 0 && <p className={classes.dim}>{few ? `From three ${state.by}s on, those that differ are named here.` : `No ${state.by} is twice as busy as the others, or spends twice their share in a function.`}</p>}
      <ul>
        {loads.map((one) => (
          <li key={`${one.row} ${one.time?.from ?? ""}`}>
            <button type="button" onClick={() => change({ [CHOSEN[state.by]]: [one.row], ...one.time, range: undefined })} data-testid="fleet-unusual-load" data-row={one.row} data-from={one.time?.from}>
              <LoadSentence {...one} others={`the other ${state.by}s`} />
            </button>
          </li>
        ))}
        {found?.map((one) => (
          <li key={`${one.row} ${one.name} ${one.library}`}>
            <button type="button" onClick={() => change({ [CHOSEN[state.by]]: [one.row], search: one.name, range: undefined })} data-testid="fleet-unusual-row" data-row={one.row} data-name={one.name}>
              <Sentence {...one} />
            </button>
          </li>
        ))}
      </ul>
    </aside>
  );
}

function LoadSentence({ row, busy, usual, time, others }: UnusualLoad & { readonly others: string }) {
  const times = usual > 0 ? `${(busy / usual).toFixed(1)} times ` : "";
  return (
    <>
      <bdi>{visible(row)}</bdi> keeps {busy.toFixed(2)} CPUs busy{time && ` at ${momentsText(time.from, time.to)}`}, {times}
      {time ? "its usual load" : `the load of ${others}`} ({usual.toFixed(2)}).
    </>
  );
}

function Sentence({ row, name, library, share, others }: Unusual) {
  const times = others > 0 ? `${(share / others).toFixed(1)} times the others' share (${formatShare(others, 1)})` : "which no more than half of the others run";
  return (
    <>
      <bdi>{visible(row)}</bdi> spends {formatShare(share, 1)} in <bdi>{displayName(name, library)}</bdi>, {times}.
    </>
  );
}
