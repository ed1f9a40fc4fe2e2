// A heatmap that grows at its end, while its profile is recorded: only its last columns are fetched again.
import { columnCount, SECOND } from "../lib/columnLength";
import type { HeatmapAnswer } from "../types/wire";

/** Samples may come late by less than this: so many columns are fetched once more. */
const AGAIN = 2;

/** The second to fetch columns from; undefined where the whole is to be fetched, as its columns are joined. */
export function firstNewSecond({ columns, columnMs = SECOND, step, seconds = 0 }: HeatmapAnswer): number | undefined {
  if (step !== 1 || columnCount(seconds, columnMs) !== columns.length) return undefined;
  return columns[Math.max(0, columns.length - AGAIN)] ?? 0;
}

/** The whole heatmap; undefined where the two do not belong together, as after a sample from before the first. */
export function withNewColumns(known: HeatmapAnswer, fresh: HeatmapAnswer): HeatmapAnswer | undefined {
  const first = fresh.columns[0] === undefined ? undefined : Math.round((fresh.columns[0] * SECOND) / (fresh.columnMs ?? SECOND));
  const same = known.origin === fresh.origin && known.columnMs === fresh.columnMs && known.rows.length === fresh.rows.length && fresh.step === 1;
  if (!same || first === undefined || first > known.columns.length) return undefined;
  const kept = first * known.rows.length;
  const values = [...known.values.slice(0, kept), ...fresh.values];
  return {
    ...fresh,
    columns: [...known.columns.slice(0, first), ...fresh.columns],
    values,
    maxvalue: fresh.peak ?? Math.max(known.maxvalue, fresh.maxvalue),
    samples: values.reduce((sum, value) => sum + value, 0),
    ...(known.busy && fresh.busy && { busy: [...known.busy.slice(0, first), ...fresh.busy] }),
  };
}
