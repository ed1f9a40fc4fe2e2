// Answers of the server, made of rows.
import type { BreakdownBy } from "../../types/explorer";
import type { BreakdownAnswer } from "../../types/wire";

interface FixtureRow {
  readonly value: string | number;
  readonly label: string;
  readonly samples: number;
  readonly busy?: number | null;
  readonly delta?: number;
}

/** Ten samples a CPU: a row of 3 samples keeps 0.3 CPUs busy. */
export function answerOfRows(by: BreakdownBy, rows: readonly FixtureRow[], more: Partial<BreakdownAnswer> = {}): BreakdownAnswer {
  const samples = rows.reduce((sum, row) => sum + row.samples, 0);
  const compared = rows.some(({ delta }) => delta !== undefined);
  const deltas = rows.map(({ delta = 0 }) => delta);
  return {
    by,
    samples,
    unit: "samples",
    seconds: 1,
    cpus: 2,
    cpusFrom: "header",
    frequency: 10,
    frequencyFrom: "period",
    busy: samples / 10,
    present: rows.filter((row) => row.samples > 0).length,
    rows: {
      value: rows.map(({ value }) => value),
      label: rows.map(({ label }) => label),
      samples: rows.map((row) => row.samples),
      self: rows.map((row) => row.samples),
      share: rows.map((row) => row.samples / samples),
      busy: rows.map((row) => (row.busy === undefined ? row.samples / 10 : row.busy)),
      ...(compared && { delta: deltas, selfDelta: deltas }),
    },
    others: { values: 0, samples: 0 },
    missing: [],
    ...more,
  };
}
