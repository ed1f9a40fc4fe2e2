// The matrix with the names of its rows, its time axis and the words of the cell under the pointer.
import { useState } from "react";
import { MATRIX_ROW, MatrixCanvas, type MatrixCell } from "../../canvas/MatrixCanvas";
import { formatCount, formatPlural } from "../../lib/format";
import { visible } from "../../model/flame/frames/displayName";
import { timeOfColumns, type FleetMatrix } from "../../model/fleet/matrix";
import { CHOSEN, type ChangeFleet, type FleetState } from "../../types/fleet";
import type { Scheme } from "../../types/scheme";
import { axisTexts, momentsText } from "./moments";
import classes from "./fleet.module.css";

interface MatrixPanelProps {
  readonly state: FleetState;
  readonly change: ChangeFleet;
  readonly scheme: Scheme;
  readonly matrix: FleetMatrix;
}

export function MatrixPanel({ state, change, scheme, matrix }: MatrixPanelProps) {
  // A cell of one matrix may be outside the next one, which arrives under a pointer that rests.
  const [pointed, setPointed] = useState<{ readonly matrix: FleetMatrix; readonly cell: MatrixCell }>();
  const hovered = pointed?.matrix === matrix ? pointed.cell : undefined;
  const choose = (names: readonly string[]) => {
    // A chosen service or version shows its hosts next.
    change({ [CHOSEN[state.by]]: names, by: "host", range: undefined });
  };
  const select = (one: MatrixCell, other: MatrixCell) => {
    const time = timeOfColumns(matrix, one.column, other.column);
    const rows = matrix.rows.slice(Math.min(one.row, other.row), Math.max(one.row, other.row) + 1);
    const chosen = rows.length < matrix.rows.length ? rows : state[CHOSEN[state.by]];
    change({ ...time, [CHOSEN[state.by]]: chosen, range: undefined });
  };
  if (matrix.rows.length === 0) return <p data-testid="fleet-nothing">Nothing was recorded in this time. Choose another one.</p>;
  return (
    <section aria-label="Hosts by time">
      <p className={classes.readout} data-testid="fleet-readout">
        {hovered ? words(matrix, hovered, state.ran) : `${title(matrix, state)}. Drag over rows and time to select them.`}
      </p>
      <div className={classes.matrix}>
        <ul className={classes.names} data-testid="fleet-rows">
          {matrix.rows.map((name, row) => (
            <li key={name} style={{ height: MATRIX_ROW }}>
              <button type="button" onClick={() => choose([name])} title={visible(name)} data-testid="fleet-row" data-row={name} data-total={matrix.totals[row]}>
                <bdi>{visible(name)}</bdi>
                <span>{amount(matrix.totals[row]!, matrix)}</span>
              </button>
            </li>
          ))}
        </ul>
        <MatrixCanvas {...{ matrix, scheme }} description={`${title(matrix, state)}, ${formatPlural(matrix.rows.length, state.by)} by ${formatPlural(matrix.columns, "column")}`} onHover={(cell) => setPointed(cell && { matrix, cell })} onSelect={select} />
      </div>
      <div className={classes.axis} aria-hidden>
        {axisTexts(matrix.start, matrix.columns * matrix.step).map((text, place) => (
          <span key={place}>{text}</span>
        ))}
      </div>
    </section>
  );
}

function title({ unit }: FleetMatrix, { ran }: FleetState): string {
  if (ran !== "") return `Samples with ${visible(ran)}`;
  return unit === "busy CPUs" ? "Busy CPUs" : "Samples";
}

function amount(value: number, { unit }: FleetMatrix): string {
  return unit === "busy CPUs" ? value.toFixed(2) : formatCount(value);
}

function words(matrix: FleetMatrix, { row, column }: MatrixCell, ran: string): string {
  const at = row * matrix.columns + column;
  const { from, to } = timeOfColumns(matrix, column, column);
  const value = matrix.values[at]!;
  const name = visible(matrix.rows[row] ?? "");
  const when = `${name} · ${momentsText(from, to)}`;
  if (Number.isNaN(value)) return `${when} · nothing recorded`;
  const unit = ran === "" ? matrix.unit : `samples with ${visible(ran)}`;
  return `${when} · ${amount(value, matrix)} ${unit} · ${formatCount(matrix.samples[at]!)} samples of ${formatPlural(matrix.windows[at]!, "profile")}`;
}
