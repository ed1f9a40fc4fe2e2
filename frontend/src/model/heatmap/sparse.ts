// Check whether a heatmap is too fine for its recording. At 99 Hz and 50 rows a busy core has two samples a cell,
// and bursts hardly differ from the rest. With fewer rows they stand out.

/** Few, and still 40 ms each: shorter bursts than that are seldom worth a look. */
export const FEWER_ROWS = 25;
const FEW = 5;

/** @param maximum samples in the fullest cell */
export function isSparse(rows: number, maximum: number): boolean {
  return rows > FEWER_ROWS && maximum > 0 && maximum < FEW;
}
