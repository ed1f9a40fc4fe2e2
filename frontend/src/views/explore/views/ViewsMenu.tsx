// Names the present view: in this browser's list, and in the address, so that a shared link carries the name. Below
// the form are the stored views, to open, rename and delete.
import { Button, Popover, TextInput } from "@mantine/core";
import { type FormEvent, memo, useMemo, useState } from "react";
import { useNavigate } from "react-router";
import { cleanName, LONGEST_NAME } from "../../../lib/names";
import { hasView, putView, readViews, refusalOf, removeView, renameView, splitViews, type Views } from "../../../model/profiles/list/savedViews";
import { changeViews, rememberedLink, useViewsText, viewQuery } from "../../../state/explorer/explorerMemory";
import type { ChangeExplorer } from "../../../state/explorer/useExplorer";
import type { ExplorerState } from "../../../types/explorer";
import type { SavedView } from "../../../types/memory";
import { ViewList } from "./ViewList";
import classes from "./views.module.css";

const NOT_KEPT = "This browser stores nothing. The name is only in the address: copy the link.";

interface ViewsMenuProps {
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
}

export const ViewsMenu = memo(function ViewsMenu({ state, change }: ViewsMenuProps) {
  const [opened, setOpened] = useState(false);
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-end"
      shadow="md"
      withinPortal
      trapFocus
      returnFocus
      // An Escape may be for the form of a new name inside: see below.
      closeOnEscape={false}
    >
      <Popover.Target>
        <Button
          className={classes.target}
          onClick={() => setOpened(!opened)}
          rightSection={<span aria-hidden>▾</span>}
          title={state.name === "" ? "Name this view, or open a named one" : state.name}
          data-testid="views"
          data-name={state.name}
        >
          {state.name === "" ? "Views" : <bdi>{state.name}</bdi>}
        </Button>
      </Popover.Target>
      <Popover.Dropdown
        aria-label="Named views"
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          // Not also for the selection: what had the focus is gone when the page's own keys hear of it.
          event.preventDefault();
          setOpened(false);
        }}
      >
        {opened && <NamedViews state={state} change={change} onClose={() => setOpened(false)} />}
      </Popover.Dropdown>
    </Popover>
  );
});

function NamedViews({ state, change, onClose }: ViewsMenuProps & { readonly onClose: () => void }) {
  const navigate = useNavigate();
  const text = useViewsText();
  const views = useMemo(() => readViews(text), [text]);
  const { own, others } = splitViews(views, state.file, state.type);
  const [said, setSaid] = useState("");
  const [removed, setRemoved] = useState<SavedView>();
  const edit = (edited: (views: Views) => Views) => {
    const kept = changeViews((now) => edited(readViews(now)));
    setRemoved(undefined);
    setSaid(kept ? "" : NOT_KEPT);
  };
  const save = (name: string) => {
    const view: SavedView = { file: state.file, type: state.type, name, query: viewQuery(state) };
    const refused = refusalOf(views, view);
    if (refused === undefined) edit((now) => putView(now, view));
    else setSaid(refused);
    // The link may carry the name also where the list is full.
    change({ name }, "replace");
  };
  const list = {
    onOpen: (view: SavedView) => {
      onClose();
      void navigate(rememberedLink(view, view.name));
    },
    onRename: (view: SavedView, name: string) => {
      edit((now) => renameView(now, view, name));
      if (view.name === state.name && own.includes(view)) change({ name: cleanName(name) }, "replace");
    },
    onRemove: (view: SavedView) => {
      edit((now) => removeView(now, view));
      setRemoved(view);
    },
  };
  return (
    <div className={classes.menu} data-testid="views-menu">
      <NameForm state={state} views={own} onSave={save} />
      <div role="status" className={classes.said} data-testid="views-said">
        {said}
        {removed && (
          <>
            <span>
              Deleted <bdi>{removed.name}</bdi>
            </span>
            <Button autoFocus onClick={() => edit((now) => putView(now, removed))} data-testid="view-undo">
              Undo
            </Button>
          </>
        )}
      </div>
      <ViewList title="Of this profile" views={own} present={state.name} {...list} />
      <ViewList title="Of other profiles" views={others} withFiles {...list} />
      {views.length === 0 && (
        <p className={classes.hint}>
          A named view brings back all of this: the range, the filters, the search, the zoom, the comparison. The list
          stays in this browser; a link carries its view and its name anywhere.
        </p>
      )}
    </div>
  );
}

interface NameFormProps {
  readonly state: ExplorerState;
  readonly views: Views;
  readonly onSave: (name: string) => void;
}

function NameForm({ state, views, onSave }: NameFormProps) {
  const [text, setText] = useState(state.name);
  const name = cleanName(text);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name !== "") onSave(name);
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <TextInput
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        aria-label="Name of this view"
        placeholder="Name this view"
        maxLength={LONGEST_NAME}
        spellCheck={false}
        autoComplete="off"
        data-autofocus
        data-testid="view-name"
      />
      <Button type="submit" disabled={name === ""} data-testid="view-save">
        {hasView(views, { ...state, name }) ? "Replace" : "Save"}
      </Button>
    </form>
  );
}
