// Cells outside of the recording. A heatmap begins and ends with whole columns, a recording anywhere in them,
// and cells in which nothing was measured must not look like idle ones.
import { SECOND, type Grid } from "../../lib/columnLength";
import type { HeatmapAnswer } from "../../types/wire";
import { shownColumns, type HeatmapView } from "./heatmapView";

/** The first and the last tick of the recording, both inside. */
export interface Recorded {
  readonly first: number;
  readonly last: number;
}

/** A rectangle of shown cells; rows count from the bottom. */
export interface CellBlock {
  readonly column: number;
  readonly columns: number;
  readonly row: number;
  readonly rows: number;
}

export const NOT_RECORDED = "not recorded";

/** Of a tick. A time at the edge of two cells may be counted in either, and no cell with a sample may count as unrecorded. */
const NOISE = 1e-6;

/** undefined where the answer does not tell when the recording began. */
export function recordedTicks({ begins, duration }: HeatmapAnswer, { columnMs, rows }: Grid): Recorded | undefined {
  if (begins === undefined) return undefined;
  const toTicks = (second: number) => (second * SECOND * rows) / columnMs;
  return { first: Math.floor(toTicks(begins) - NOISE), last: Math.floor(toTicks(begins + duration) + NOISE) };
}

/** The shown cells of which no part was recorded, as rectangles that do not overlap. */
export function unrecordedBlocks(recorded: Recorded | undefined, rows: number, view: HeatmapView): CellBlock[] {
  if (!recorded) return [];
  const columns = shownColumns(view);
  // Columns of the heatmap and rows in them: merged columns count as recorded from their first recorded part on.
  const [firstColumn, lastColumn] = [Math.floor(recorded.first / rows), Math.floor(recorded.last / rows)];
  const [firstRow, lastRow] = [recorded.first - firstColumn * rows, recorded.last - lastColumn * rows];
  const place = (column: number) => Math.floor((column - view.from) / view.merge);
  const [from, to] = [place(firstColumn), place(lastColumn)];
  const begins = (column: number) => view.from + column * view.merge;
  const ends = (column: number) => Math.min(begins(column + 1), view.from + view.shown) - 1;
  const blocks = [
    { column: 0, columns: Math.min(from, columns), row: 0, rows },
    { column: from, columns: isInside(from, columns) && ends(from) === firstColumn ? 1 : 0, row: 0, rows: firstRow },
    { column: to, columns: isInside(to, columns) && begins(to) === lastColumn ? 1 : 0, row: lastRow + 1, rows: rows - lastRow - 1 },
    { column: Math.max(to + 1, 0), columns: columns - Math.max(to + 1, 0), row: 0, rows },
  ];
  return blocks.filter((block) => block.columns > 0 && block.rows > 0);
}

export function isUnrecorded(blocks: readonly CellBlock[], column: number, row: number): boolean {
  return blocks.some((one) => column >= one.column && column < one.column + one.columns && row >= one.row && row < one.row + one.rows);
}

function isInside(column: number, columns: number): boolean {
  return column >= 0 && column < columns;
}
