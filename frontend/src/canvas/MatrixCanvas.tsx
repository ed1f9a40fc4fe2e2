// The fleet's matrix: a row a host, a column a step of time. Reports the cell under the pointer and the chosen rows and columns.
import { useEffect, useRef, useState, type PointerEvent } from "react";
import { css } from "../lib/colour";
import { clamp } from "../lib/numbers";
import type { FleetMatrix } from "../model/fleet/matrix";
import { PAPER, paletteTable } from "../model/heatmap/colours/palette";
import type { Scheme } from "../types/scheme";
import classes from "./canvas.module.css";
import { INK } from "./painting/ink";
import { contextOf, usePixelRatio, useSize } from "./useSize";

export const MATRIX_ROW = 18;
const SHADES = 256;

export interface MatrixCell {
  readonly row: number;
  readonly column: number;
}

interface Drag {
  readonly matrix: FleetMatrix;
  readonly anchor: MatrixCell;
  readonly reached: MatrixCell;
}

const NO_DRAG = { anchor: undefined, reached: undefined };

interface MatrixCanvasProps {
  readonly matrix: FleetMatrix;
  readonly scheme: Scheme;
  readonly description: string;
  readonly onHover: (cell: MatrixCell | undefined) => void;
  readonly onSelect: (from: MatrixCell, to: MatrixCell) => void;
}

export function MatrixCanvas({ matrix, scheme, description, onHover, onSelect }: MatrixCanvasProps) {
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const ratio = usePixelRatio();
  const { width } = useSize(frame);
  const height = matrix.rows.length * MATRIX_ROW;
  const [drag, setDrag] = useState<Drag>();
  // A drag ends without a choice where another matrix arrives: its rows and columns are other ones.
  const { anchor, reached } = drag?.matrix === matrix ? drag : NO_DRAG;

  useEffect(() => {
    const context = canvas.current && width > 1 && contextOf(canvas.current, { width, height }, ratio);
    if (!context) return;
    paintMatrix(context, matrix, width, scheme);
    if (anchor && reached) paintChosen(context, matrix, width, scheme, anchor, reached);
  }, [matrix, scheme, width, height, ratio, anchor, reached]);

  const cellOf = ({ nativeEvent: { offsetX, offsetY } }: PointerEvent): MatrixCell => ({
    row: clamp(Math.floor(offsetY / MATRIX_ROW), 0, matrix.rows.length - 1),
    column: clamp(Math.floor((offsetX / width) * matrix.columns), 0, matrix.columns - 1),
  });
  const release = (event: PointerEvent) => {
    if (anchor) onSelect(anchor, cellOf(event));
    setDrag(undefined);
  };
  return (
    <div ref={frame} className={classes.matrix}>
      <canvas
        ref={canvas}
        style={{ width, height }}
        role="img"
        aria-label={description}
        data-testid="fleet-matrix"
        data-rows={matrix.rows.length}
        data-columns={matrix.columns}
        data-step={matrix.step}
        data-start={matrix.start}
        data-maximum={matrix.maximum}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag({ matrix, anchor: cellOf(event), reached: cellOf(event) });
        }}
        onPointerMove={(event) => {
          onHover(cellOf(event));
          if (anchor) setDrag({ matrix, anchor, reached: cellOf(event) });
        }}
        onPointerUp={release}
        onPointerCancel={() => setDrag(undefined)}
        onPointerLeave={() => onHover(undefined)}
      />
    </div>
  );
}

function paintMatrix(context: CanvasRenderingContext2D, { rows, columns, values, maximum }: FleetMatrix, width: number, scheme: Scheme): void {
  const colours = paletteTable("red", scheme, SHADES).map(css);
  context.fillStyle = css(PAPER[scheme]);
  context.fillRect(0, 0, width, rows.length * MATRIX_ROW);
  const cell = width / columns;
  for (let row = 0; row < rows.length; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const value = values[row * columns + column]!;
      if (Number.isNaN(value)) continue;
      const shade = maximum > 0 ? Math.round((value / maximum) * SHADES) : 0;
      context.fillStyle = colours[value > 0 ? Math.max(shade, 1) : 0]!;
      const left = Math.floor(column * cell);
      context.fillRect(left, row * MATRIX_ROW + 1, Math.max(Math.ceil((column + 1) * cell) - left - (cell > 4 ? 1 : 0), 1), MATRIX_ROW - 2);
    }
  }
}

function paintChosen(context: CanvasRenderingContext2D, { columns }: FleetMatrix, width: number, scheme: Scheme, one: MatrixCell, other: MatrixCell): void {
  const cell = width / columns;
  const left = Math.min(one.column, other.column) * cell;
  const top = Math.min(one.row, other.row) * MATRIX_ROW;
  const across = (Math.abs(one.column - other.column) + 1) * cell;
  const down = (Math.abs(one.row - other.row) + 1) * MATRIX_ROW;
  context.strokeStyle = INK[scheme].text;
  context.lineWidth = 2;
  context.strokeRect(left + 1, top + 1, Math.max(across - 2, 1), Math.max(down - 2, 1));
}
