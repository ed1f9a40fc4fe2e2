// The cells of lanes. They are fetched for the lanes that are on the screen and kept while the profile, the cut and the
// columns stay the same: an order that changes with a drag fetches only new lanes.
import { useEffect, useRef, useState } from "react";
import { fetchLanes, type LanesRequest } from "../../api/heatmap";
import type { HeatmapAnswer } from "../../types/wire";

/** Lanes that scroll by, or come and go with a drag, are not worth a request. */
const PAUSE_MS = 50;
/** Values of one request, which its address names. */
const MOST = 40;

/** A lane's heatmap in the form of the heatmap's own answer. */
export type LaneCells = ReadonlyMap<string, HeatmapAnswer>;

interface Known {
  readonly key: string;
  readonly cells: LaneCells;
  readonly error: Error | null;
}

/**
 * @param request without its values; undefined: nothing is fetched
 * @param wanted the values on the screen
 */
export function useLaneCells(request: Omit<LanesRequest, "values"> | undefined, wanted: readonly string[]) {
  const key = request === undefined ? "" : JSON.stringify(request);
  const [known, setKnown] = useState<Known>({ key, cells: new Map(), error: null });
  const [tries, setTries] = useState(0);
  const current = known.key === key ? known : { key, cells: new Map<string, HeatmapAnswer>(), error: null };
  const missing = wanted.filter((value) => !current.cells.has(value)).slice(0, MOST);
  const missingKey = JSON.stringify(missing);
  const latest = useRef(request);
  useEffect(() => {
    latest.current = request;
  });
  useEffect(() => {
    const values = JSON.parse(missingKey) as string[];
    if (key === "" || values.length === 0) return;
    const control = new AbortController();
    const timer = setTimeout(() => {
      fetchLanes({ ...latest.current!, values }, control.signal).then(
        (answer) => setKnown((old) => ({ key, cells: joined(old.key === key ? old.cells : new Map(), values, answer), error: null })),
        (error: unknown) => {
          if (!control.signal.aborted) setKnown((old) => ({ key, cells: old.key === key ? old.cells : new Map(), error: error as Error }));
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [key, missingKey, tries]);
  return { cells: current.cells, error: current.error, retry: () => setTries(tries + 1) };
}

/** A value without samples has a lane of zeros, so that it is not requested again. */
function joined(cells: LaneCells, values: readonly string[], answer: HeatmapAnswer): LaneCells {
  const lanes = new Map(answer.lanes?.map((lane) => [String(lane.value), lane.values]));
  const next = new Map(cells);
  for (const value of values) {
    const counts = lanes.get(value) ?? answer.values.map(() => 0);
    const { rows, columns, columnMs, step, seconds, idle, origin, begins, duration } = answer;
    const most = counts.reduce((highest, count) => Math.max(highest, count), 0);
    next.set(value, {
      ...{ rows, columns, idle, origin, duration, values: counts, maxvalue: most },
      samples: counts.reduce((sum, count) => sum + count, 0),
      ...(begins !== undefined && { begins }),
      ...(columnMs !== undefined && { columnMs }),
      ...(step !== undefined && { step }),
      ...(seconds !== undefined && { seconds }),
    });
  }
  return next;
}
