// Search over the list, and the way into it by keys.
import { CloseButton, TextInput } from "@mantine/core";
import type { Ref } from "react";
import { SearchIcon } from "../shared/icons";
import classes from "./profiles.module.css";

interface ProfileSearchProps {
  readonly ref: Ref<HTMLInputElement>;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Open the only match. */
  readonly onEnter: () => void;
  readonly onDown: () => void;
}

export function ProfileSearch({ ref, value, onChange, onEnter, onDown }: ProfileSearchProps) {
  return (
    <TextInput
      ref={ref}
      className={classes.search}
      aria-label="Search profiles"
      placeholder="Search by name or format"
      title="Words in a name or format. / focuses this field, ↓ enters the list, Enter opens the only match, Esc clears."
      leftSection={<SearchIcon />}
      rightSection={
        value === "" ? (
          <kbd className={classes.key}>/</kbd>
        ) : (
          <CloseButton size="xs" aria-label="Clear the search" onClick={() => onChange("")} data-testid="profile-search-clear" />
        )
      }
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        // Enter also ends the writing of a word in Japanese or Chinese.
        if (event.nativeEvent.isComposing) return;
        if (event.key === "Enter") onEnter();
        if (event.key === "ArrowDown") {
          event.preventDefault();
          onDown();
        }
        if (event.key !== "Escape") return;
        onChange("");
        event.currentTarget.blur();
      }}
      spellCheck={false}
      autoComplete="off"
      data-testid="profile-search"
    />
  );
}
