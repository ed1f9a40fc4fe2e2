// The notes that were beside the profile when the report was made.
import { formatSpan, formatWhen } from "../lib/format";
import { visible } from "../model/flame/frames/displayName";
import type { Note } from "../types/wire";

export function ReportNotes({ notes, columns }: { readonly notes: readonly Note[]; readonly columns: number }) {
  if (notes.length === 0) return null;
  return (
    <section aria-label="Notes" data-testid="report-notes" data-count={notes.length}>
      <h2>Notes</h2>
      {notes.map(({ id, text, who, at, start, end }) => (
        <div key={id}>
          <p>{[start === null || end === null ? "Whole profile" : formatSpan({ start, end }, columns), visible(who), formatWhen(at)].filter((part) => part !== "").join(" · ")}</p>
          <p className="note" dir="auto">
            {visible(text)}
          </p>
        </div>
      ))}
    </section>
  );
}
