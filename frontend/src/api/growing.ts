// A heatmap that grows at its end, while its profile is recorded: only its last columns are fetched again.
import type { HeatmapAnswer } from "../types/wire";

/** Samples may come late by less than this: so many columns are fetched once more. */
const AGAIN = 2;

/** The first column to fetch; undefined where the whole is to be fetched, as its columns are several seconds. */
export function firstNewColumn({ columns, step, seconds }: HeatmapAnswer): number | undefined {
  return step === 1 && seconds === columns.length ? Math.max(0, columns.length - AGAIN) : undefined;
}

/** The whole heatmap; undefined where the two do not belong together, as after a sample from before the first. */
export function withNewColumns(known: HeatmapAnswer, fresh: HeatmapAnswer): HeatmapAnswer | undefined {
  const first = fresh.columns[0];
  const same = known.origin === fresh.origin && known.rows.length === fresh.rows.length && fresh.step === 1;
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
