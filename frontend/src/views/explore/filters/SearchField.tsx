// The search field with its result inside, so that nothing beside it moves. The address follows when the typing
// pauses, not with every letter: browsers refuse more than a few changes of the history a second.
import { CloseButton, TextInput } from "@mantine/core";
import { useEffect, useState, type ReactNode, type Ref } from "react";
import { formatShare } from "../../../lib/format";
import { SearchIcon } from "../../shared/icons";
import classes from "./searchField.module.css";

const PAUSE_MS = 150;

interface SearchFieldProps {
  readonly ref: Ref<HTMLInputElement>;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Why the text is no expression. */
  readonly fault: string | undefined;
  /** The result. */
  readonly result: ReactNode;
}

export function SearchField({ ref, value, onChange, fault, result }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  // Sent from here, and not yet in the address.
  const [sent, setSent] = useState<readonly string[]>([]);
  if (seen !== value) {
    setSeen(value);
    // What comes back late must not overwrite the letters that were typed since. Anything else was changed from
    // outside: Back, or a link.
    const place = sent.indexOf(value);
    setSent(sent.slice(place + 1 || sent.length));
    if (place < 0) setText(value);
  }
  const send = (next: string) => {
    setSent((before) => [...before, next]);
    onChange(next);
  };
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => send(text), PAUSE_MS);
    return () => clearTimeout(timer);
  });
  return (
    <div className={classes.search} data-answered={value !== ""}>
      <TextInput
        ref={ref}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") send(text);
          if (event.key !== "Escape") return;
          setText("");
          send("");
          event.currentTarget.blur();
        }}
        aria-label="Search frames"
        error={fault !== undefined}
        placeholder="Search or /regex/"
        title="Text in a name or library, or a regular expression between slashes. / focuses this field, Esc clears it."
        leftSection={<SearchIcon />}
        rightSection={
          text === "" ? (
            <kbd className={classes.key}>/</kbd>
          ) : (
            <CloseButton size="xs" aria-label="Clear the search" onClick={() => setText("")} data-testid="search-clear" />
          )
        }
        spellCheck={false}
        autoComplete="off"
        data-testid="search"
      />
      {result}
      {fault !== undefined && (
        <span className={classes.fault} role="status" title={fault} data-testid="search-fault">
          {fault}
        </span>
      )}
    </div>
  );
}

interface SearchResultProps {
  /** Samples with a matching frame; undefined without a search. */
  readonly matched: number | undefined;
  readonly samples: number;
  /** They are the whole profile's, not a selection's. */
  readonly whole: boolean;
}

export function SearchResult({ matched, samples, whole }: SearchResultProps) {
  return (
    <span
      className={classes.matched}
      role="status"
      data-testid="search-result"
      data-matched={matched}
      data-share={matched !== undefined && samples > 0 ? matched / samples : undefined}
    >
      {matched === undefined ? "" : `${formatShare(matched, samples)} of ${whole ? "profile" : "selection"}`}
    </span>
  );
}
