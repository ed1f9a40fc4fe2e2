// A new note on the selection, with the view as it is now.
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { formatSpan } from "../../../lib/format";
import { explorerQuery } from "../../../state/explorer/explorerUrl";
import { useAddNote, useAuthor } from "../../../state/explorer/notes";
import type { ExplorerState, TimeRange } from "../../../types/explorer";
import classes from "./notes.module.css";

/** The server's bounds. */
const LONGEST = { text: 10_000, who: 100, view: 8000 };

/** The focus brings only the field into view, and an error moves the buttons out of it. */
const showWhole = (part: HTMLElement | null) => part?.closest("form")?.scrollIntoView({ block: "nearest" });

interface NoteFormProps {
  readonly state: ExplorerState;
  readonly range: TimeRange | undefined;
  readonly columns: number;
  readonly onDone: () => void;
}

export function NoteForm({ state, range, columns, onDone }: NoteFormProps) {
  const add = useAddNote(state.file);
  const [who, setWho] = useAuthor();
  const [text, setText] = useState("");
  const save = () => {
    const query = explorerQuery(state);
    query.delete("file");
    const view = query.toString();
    const place = range && { start: range.start, end: range.end };
    add.mutate({ text: text.trim(), who, view: view.length > LONGEST.view ? "" : view, ...place }, { onSuccess: onDone });
  };
  return (
    <form
      className={classes.form}
      ref={showWhole}
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== "") save();
      }}
      onKeyDown={(event) => {
        // Not a shortcut of the page.
        event.stopPropagation();
        if (event.key === "Escape") onDone();
      }}
    >
      <label className={classes.label}>
        {`Note on ${range ? formatSpan(range, columns) : "the whole profile"}`}
        <textarea
          className={classes.area}
          rows={4}
          maxLength={LONGEST.text}
          value={text}
          onChange={(event) => setText(event.target.value)}
          autoFocus
          data-testid="note-text"
        />
      </label>
      {add.error && (
        <p ref={showWhole} className={classes.error} role="alert" data-testid="note-error">
          {add.error.message}
        </p>
      )}
      <div className={classes.actions}>
        <TextInput
          className={classes.who}
          label="Your name"
          value={who}
          maxLength={LONGEST.who}
          onChange={(event) => setWho(event.currentTarget.value)}
          data-testid="note-who"
        />
        <Button type="submit" variant="filled" loading={add.isPending} disabled={text.trim() === ""} data-testid="note-save">
          Save
        </Button>
        <Button onClick={onDone}>Cancel</Button>
      </div>
    </form>
  );
}
