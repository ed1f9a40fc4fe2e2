// Marks as they are drawn: all files as one list, sorted by time, each of a series that has a colour.
import { shortened } from "../../lib/format";
import type { MarkFile, MarksAnswer, Note } from "../../types/wire";

export interface MarkSeries {
  readonly name: string;
  /** Place of its colour (model/heatmap/colours/heatColours.ts). */
  readonly hue: number;
  /** Marks of it in the profile's time. */
  readonly count: number;
}

export interface Mark {
  readonly start: number;
  /** start for a moment. */
  readonly end: number;
  /** Marks that it stands for. */
  readonly count: number;
  readonly series: MarkSeries;
  readonly text: string;
}

export interface Marks {
  readonly series: readonly MarkSeries[];
  readonly marks: readonly Mark[];
}

export const NO_MARKS: Marks = { series: [], marks: [] };

/** Texts that a readout has room for. */
const SHOWN = 2;
/** Characters of a note that a readout has room for. */
const LONGEST_NOTE = 60;

/** @param notes those on a stretch are a series of their own */
export function marksOf(answer: MarksAnswer | undefined, notes: readonly Note[] = []): Marks {
  const placed = notes.filter(({ start }) => start !== null);
  if (!answer && placed.length === 0) return NO_MARKS;
  const series: MarkSeries[] = [];
  const marks: Mark[] = [];
  for (const file of answer?.files ?? []) {
    const own = file.series.map((name, place) => ({ name, hue: series.length + place, count: countOf(file, place) }));
    series.push(...own);
    const { start, end, count, series: of, text } = file.rows;
    start.forEach((from, row) => {
      if (from === null) return;
      marks.push({ start: from, end: Math.max(end[row] ?? from, from), count: count[row]!, series: own[of[row]!]!, text: text[row]! });
    });
  }
  if (placed.length > 0) {
    const own = { name: "notes", hue: series.length, count: placed.length };
    series.push(own);
    for (const { start, end, text } of placed) marks.push({ start: start!, end: end!, count: 1, series: own, text: shortened(text, LONGEST_NOTE) });
  }
  return { series, marks: marks.sort((one, other) => one.start - other.start) };
}

function countOf({ rows }: MarkFile, place: number): number {
  return rows.series.reduce((sum, of, row) => sum + (of === place ? rows.count[row]! : 0), 0);
}

/** The marks between two seconds, as words: "deploy v2, slow GET / and 3 more"; "" without any. */
export function marksBetween({ marks }: Marks, from: number, to: number): string {
  const found = marks.filter(({ start, end }) => start < to && (end > from || start >= from));
  if (found.length === 0) return "";
  const named = found.slice(0, SHOWN).map(({ series, text }) => (text === "" ? series.name : `${series.name} ${text}`));
  const more = found.reduce((sum, { count }) => sum + count, 0) - named.length;
  return more > 0 ? `${named.join(", ")} and ${more} more` : named.join(", ");
}

/** The parts of a file that cannot be shown: "3 outside of the profile · 1 row skipped (row 5: 'x' is no time)". */
export function lossOf({ outside, skipped, notes }: MarkFile): string {
  const parts = [];
  if (outside > 0) parts.push(`${outside} outside of the profile`);
  if (skipped > 0) parts.push(`${skipped} ${skipped === 1 ? "row" : "rows"} skipped${notes[0] === undefined ? "" : ` (${notes[0]})`}`);
  return parts.join(" · ");
}
