// The address of a view as one file that draws itself.
import { formatDecimal } from "../lib/format";
import { AUTO_ROWS, type ColumnLength } from "../types/explorer";
import { address } from "./client";
import { rangeQuery, type FlameGraphRequest } from "./flamegraph";

export interface ReportRequest extends FlameGraphRequest {
  /** The query of the page's address, without the file: the view that the report shows. */
  readonly view: string;
  /** The property of the lanes; undefined: the first with several values. */
  readonly by: string | undefined;
  readonly rows: number;
  readonly columnLength: ColumnLength;
  readonly marks: readonly string[];
  readonly began: number | undefined;
}

/** Longer ones are left out, and the report opens with the usual look. */
const LONGEST_VIEW = 4000;

export function reportAddress({ view, by, rows, columnLength, marks, began, ...request }: ReportRequest): string {
  return address("report/", {
    ...rangeQuery(request),
    inverted: request.inverted ? "true" : undefined,
    view: view === "" || view.length > LONGEST_VIEW ? undefined : view,
    by,
    rows: rows === AUTO_ROWS ? undefined : rows,
    columnLength,
    marks,
    began: began === undefined ? undefined : formatDecimal(began),
  });
}
