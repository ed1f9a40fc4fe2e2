// Notes on stretches of the profile, which everyone who opens it on this server sees.
import { Button } from "@mantine/core";
import { formatSpan, formatWhen } from "../../../lib/format";
import { visible } from "../../../model/flame/frames/displayName";
import { explorerLink, parseExplorer } from "../../../state/explorer/explorerUrl";
import { useOffer } from "../../../state/jobs/imports";
import { useRemoveNote } from "../../../state/explorer/notes";
import type { ExplorerState, TimeRange } from "../../../types/explorer";
import type { Note } from "../../../types/wire";
import rail from "../rail/rail.module.css";
import { NoteForm } from "./NoteForm";
import classes from "./notes.module.css";

interface NotesProps {
  readonly notes: readonly Note[];
  readonly state: ExplorerState;
  readonly range: TimeRange | undefined;
  /** Seconds of the profile; 0 without a time axis. */
  readonly columns: number;
  /** Whether the form of a new note is open. */
  readonly writing: boolean;
  readonly onWriting: (writing: boolean) => void;
}

export function Notes({ notes, state, range, columns, writing, onWriting }: NotesProps) {
  const { data: offer } = useOffer();
  const remove = useRemoveNote(state.file);
  const canChange = offer?.upload.enabled === true;
  if (notes.length === 0 && !canChange) return null;
  return (
    <section className={rail.part} aria-label="Notes" data-testid="notes" data-count={notes.length}>
      <h2 className={rail.heading}>Notes</h2>
      {notes.length > 0 && (
        <ul className={classes.notes}>
          {notes.map((note) => (
            <NoteRow key={note.id} note={note} file={state.file} columns={columns} onRemove={canChange ? () => remove.mutate(note.id) : undefined} />
          ))}
        </ul>
      )}
      {remove.error && (
        <p className={classes.error} role="alert">
          {remove.error.message}
        </p>
      )}
      {writing ? (
        <NoteForm state={state} range={range} columns={columns} onDone={() => onWriting(false)} />
      ) : (
        canChange && (
          <div>
            <Button onClick={() => onWriting(true)} data-testid="note-add">
              {range ? "Note on the selection…" : "Add a note…"}
            </Button>
          </div>
        )
      )}
    </section>
  );
}

interface NoteRowProps {
  readonly note: Note;
  readonly file: string;
  readonly columns: number;
  readonly onRemove: (() => void) | undefined;
}

function NoteRow({ note, file, columns, onRemove }: NoteRowProps) {
  const { text, who, at, start, end, view } = note;
  const place = start === null || end === null ? "Whole profile" : formatSpan({ start, end }, columns);
  // Read and written again, so that a note leads nowhere but to a view of this profile.
  const link = explorerLink({ ...parseExplorer(new URLSearchParams(view)), file });
  return (
    <li data-testid="note" data-start={start ?? undefined} data-end={end ?? undefined}>
      <a href={`#${link}`} className={rail.link} title="Show the view of the note" data-testid="note-open">
        {place}
      </a>
      {onRemove && (
        <Button variant="subtle" onClick={onRemove} aria-label={`Remove the note on ${place}`} data-testid="note-remove">
          Remove
        </Button>
      )}
      <p className={classes.text} dir="auto">
        {visible(text)}
      </p>
      <p className={classes.by}>
        <bdi>{visible(who)}</bdi>
        {who === "" ? formatWhen(at) : ` · ${formatWhen(at)}`}
      </p>
    </li>
  );
}
