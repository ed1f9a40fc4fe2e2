// A filter over stacks: keep the samples that have a frame, leave them out, or take frames away.
import { Button, NativeSelect, Popover, TextInput } from "@mantine/core";
import { useState } from "react";
import { expressionFault, searchPattern } from "../../../model/patterns";
import { PATTERN_KINDS, type PatternKind } from "../../../types/explorer";
import classes from "./filterBar.module.css";

export const PATTERN_TITLES: Readonly<Record<PatternKind, string>> = {
  include: "only with",
  exclude: "without",
  drop: "hidden",
};
const EXPLAINED: Readonly<Record<PatternKind, string>> = {
  include: "Only stacks with a matching frame",
  exclude: "Only stacks without a matching frame",
  drop: "Hide matching frames (samples move to the caller)",
};

export function PatternMenu({ onAdd }: { readonly onAdd: (kind: PatternKind, pattern: string) => void }) {
  const [opened, setOpened] = useState(false);
  const [kind, setKind] = useState<PatternKind>("include");
  const [text, setText] = useState("");
  const pattern = searchPattern(text);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" shadow="md" withinPortal trapFocus>
      <Popover.Target>
        <Button
          onClick={() => setOpened(!opened)}
          rightSection={<span aria-hidden>▾</span>}
          data-testid="pattern-menu"
        >
          Only stacks with…
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          className={classes.menu}
          onSubmit={(event) => {
            event.preventDefault();
            if (pattern === undefined) return;
            onAdd(kind, pattern);
            setText("");
            setOpened(false);
          }}
        >
          <NativeSelect
            value={kind}
            data={PATTERN_KINDS.map((value) => ({ value, label: EXPLAINED[value] }))}
            onChange={({ currentTarget }) => setKind(currentTarget.value as PatternKind)}
            aria-label="Effect of a match"
            data-testid="pattern-kind"
          />
          <TextInput
            value={text}
            error={expressionFault(text)}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
            aria-label="Text in a name or library, or a regular expression between slashes"
            placeholder="Text, or /regex/"
            spellCheck={false}
            autoComplete="off"
            data-autofocus
            data-testid="pattern-text"
          />
          <Button type="submit" disabled={pattern === undefined} data-testid="pattern-add">
            Add
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
