// Begins a comparison: with another range, with the rest of this profile, or with another profile.
import { Button, Popover, TextInput } from "@mantine/core";
import { useState } from "react";
import { typeInLink } from "../../../state/explorer/explorerUrl";
import { useProfiles } from "../../../state/profiles";
import { NEW_COMPARISON, type Compare } from "../../../types/explorer";
import type { FlamePanelProps } from "../flame/panelProps";
import classes from "./compare.module.css";

export function CompareMenu({ state, change, data, onSide }: FlamePanelProps) {
  const [opened, setOpened] = useState(false);
  const begin = (part: Partial<Compare>) => {
    // The palette of sides and the flip are kept when only the other side changes.
    change({ compare: { ...NEW_COMPARISON, ...part }, zoom: "" });
    onSide("B");
    setOpened(false);
  };
  const selected = data.selection.range !== undefined;
  // Without times there is no range.
  const timed = data.info.data?.timed !== false;
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" shadow="md" withinPortal trapFocus>
      <Popover.Target>
        <Button
          onClick={() => setOpened(!opened)}
          variant={state.compare ? "filled" : "default"}
          rightSection={<span aria-hidden>▾</span>}
          data-testid="compare"
        >
          Compare
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={classes.menu}>
          {timed && (
            <>
              <Button
                disabled={!selected}
                onClick={() => begin({ rest: true })}
                title={selected ? undefined : "Select a range first"}
                data-testid="compare-rest"
              >
                with the rest of this profile
              </Button>
              <Button onClick={() => begin({})} data-testid="compare-range">
                with another range (drag it)
              </Button>
              <p className={classes.hint}>Ctrl + drag on the heatmap does the same.</p>
            </>
          )}
          <OtherProfiles own={state.file} onChoose={(file, type) => begin({ file, type })} />
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

const SHOWN = 50;

interface OtherProfilesProps {
  readonly own: string;
  readonly onChoose: (file: string, type: string) => void;
}

function OtherProfiles({ own, onChoose }: OtherProfilesProps) {
  const [text, setText] = useState("");
  const { data = [] } = useProfiles();
  const wanted = text.trim().toLowerCase();
  const found = data.filter(
    ({ filename, type }) => type !== "unknown" && filename !== own && filename.toLowerCase().includes(wanted),
  );
  return (
    <>
      <TextInput
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        aria-label="Find another profile"
        placeholder="with another profile"
        data-testid="compare-search"
      />
      <ul className={classes.profiles} aria-label="Other profiles">
        {found.slice(0, SHOWN).map(({ filename, type }) => (
          <li key={filename}>
            <Button
              fullWidth
              variant="subtle"
              justify="start"
              onClick={() => onChoose(filename, typeInLink(type))}
              data-testid="compare-profile"
              data-filename={filename}
            >
              <bdi>{filename}</bdi>
            </Button>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className={classes.hint}>No other profile</p>}
    </>
  );
}
