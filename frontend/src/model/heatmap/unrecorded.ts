// Cells outside of the recording. A heatmap begins and ends with whole columns, a recording anywhere in them,
// and cells in which nothing was measured must not look like idle ones.
import type { Recorded } from "./heatmap";
import { shownColumns, type HeatmapView } from "./heatmapView";

/** A rectangle of shown cells; rows count from the bottom. */
export interface CellBlock {
  readonly column: number;
  readonly columns: number;
  readonly row: number;
  readonly rows: number;
}

export const NOT_RECORDED = "not recorded";

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
