// Named views one below the other: the name opens, beside it are rename and delete.
import { ActionIcon, Button, CloseButton, TextInput } from "@mantine/core";
import { useState, type KeyboardEvent } from "react";
import { cleanName, LONGEST_NAME } from "../../../lib/names";
import { keyOf, type Views } from "../../../model/profiles/list/savedViews";
import { viewWords } from "../../../model/profiles/viewWords";
import { rememberedState } from "../../../state/explorer/explorerMemory";
import { useProfiles } from "../../../state/profiles";
import type { SavedView } from "../../../types/memory";
import { PenIcon } from "../../shared/icons";
import classes from "./views.module.css";

interface ViewActions {
  readonly onOpen: (view: SavedView) => void;
  readonly onRename: (view: SavedView, name: string) => void;
  readonly onRemove: (view: SavedView) => void;
}

interface ViewListProps extends ViewActions {
  readonly title: string;
  readonly views: Views;
  /** Name of the view that is open. */
  readonly present?: string;
  /** Whether each names its profile. */
  readonly withFiles?: boolean;
}

export function ViewList({ title, views, present, withFiles = false, ...actions }: ViewListProps) {
  const [renaming, setRenaming] = useState<string>();
  // Where the focus goes when a form turns into its row again.
  const [back, setBack] = useState<string>();
  if (views.length === 0) return null;
  const done = (key: string) => {
    setRenaming(undefined);
    setBack(key);
  };
  return (
    <section aria-label={title}>
      <h2 className={classes.title}>{title}</h2>
      <ul className={classes.list}>
        {views.map((view) => {
          const key = keyOf(view);
          return (
            <li key={key} data-testid="view-item" data-name={view.name} data-file={view.file}>
              {renaming === key ? (
                <RenameForm
                  view={view}
                  onCancel={() => done(key)}
                  onRename={(name) => {
                    actions.onRename(view, name);
                    done(keyOf({ ...view, name }));
                  }}
                />
              ) : (
                <ViewRow
                  view={view}
                  focused={back === key}
                  isPresent={view.name === present}
                  withFile={withFiles}
                  onStartRename={() => setRenaming(key)}
                  {...actions}
                />
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

interface ViewRowProps extends ViewActions {
  readonly view: SavedView;
  readonly focused: boolean;
  readonly isPresent: boolean;
  readonly withFile: boolean;
  readonly onStartRename: () => void;
}

function ViewRow({ view, focused, isPresent, withFile, onOpen, onStartRename, onRemove }: ViewRowProps) {
  const { data: profiles = [] } = useProfiles();
  const whole = profiles.find(({ filename }) => filename === view.file)?.duration;
  return (
    <>
      <button
        type="button"
        className={classes.open}
        autoFocus={focused}
        aria-current={isPresent}
        onClick={() => onOpen(view)}
        data-testid="view-open"
      >
        <strong>
          <bdi>{view.name}</bdi>
        </strong>
        {withFile && (
          <span>
            <bdi>{view.file}</bdi>
          </span>
        )}
        <span>
          <bdi>{viewWords(rememberedState(view), whole)}</bdi>
        </span>
      </button>
      <ActionIcon
        size={22}
        variant="subtle"
        onClick={onStartRename}
        aria-label={`Rename ${view.name}`}
        title="Rename"
        data-testid="view-rename"
      >
        <PenIcon />
      </ActionIcon>
      <CloseButton
        size="sm"
        onClick={() => onRemove(view)}
        aria-label={`Delete ${view.name}`}
        title="Delete"
        data-testid="view-delete"
      />
    </>
  );
}

interface RenameFormProps {
  readonly view: SavedView;
  readonly onRename: (name: string) => void;
  readonly onCancel: () => void;
}

function RenameForm({ view, onRename, onCancel }: RenameFormProps) {
  const [text, setText] = useState(view.name);
  const name = cleanName(text);
  const pressed = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    // For this form, not for the list around it.
    event.stopPropagation();
    event.preventDefault();
    onCancel();
  };
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (name !== "") onRename(name);
      }}
    >
      <TextInput
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={pressed}
        onFocus={({ currentTarget }) => currentTarget.select()}
        aria-label={`New name of ${view.name}`}
        maxLength={LONGEST_NAME}
        spellCheck={false}
        autoComplete="off"
        autoFocus
        data-testid="view-new-name"
      />
      <Button type="submit" disabled={name === ""}>
        Rename
      </Button>
    </form>
  );
}
