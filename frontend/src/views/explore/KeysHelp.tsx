// The keys, for those who look; and for screen readers beside what they work on.
import { ActionIcon, Popover } from "@mantine/core";
import { memo, useEffect, useState } from "react";
import { useShortcuts } from "../shared/useShortcuts";
import classes from "./explore.module.css";

const KEYS: readonly (readonly [string, string])[] = [
  ["drag, or two clicks", "select a range: time runs up a column, then on to the next"],
  ["← → ↑ ↓", "heatmap: move the range by a column or a cell; flame graph: walk the frames"],
  ["Shift + arrows", "grow or shrink the range"],
  ["Ctrl + drag", "select the range to compare with"],
  ["[ ]", "step the range by its own length"],
  ["wheel, Shift + wheel", "heatmap: zoom, pan (with Ctrl on a short profile)"],
  ["two fingers", "heatmap: zoom, pan; flame graph: zoom into the frame between them, and back"],
  ["Enter", "heatmap: zoom to the range; flame graph: zoom into the frame"],
  ["Backspace", "heatmap: show all seconds"],
  ["+ −, Shift + ← →", "time order: go closer and farther, move along the time (or Ctrl + wheel, drag)"],
  ["drag on its axis, Shift + drag", "time order: go to that range; without Shift, too, while all of it is shown"],
  ["right click, menu key", "flame graph, table: menu of a frame"],
  ["Esc", "undo one step: search, callers, zoom, range"],
  ["/", "search"],
  ["?", "show and hide this list"],
  ["↑ ↓, Page, Home, End", "names of lanes: walk; Enter or Space filters by one, or lets it go"],
  ["drag on a lane", "select that time and that lane"],
  ["↑ ↓, Enter", "edge between heatmap and graph: resize, hide the heatmap"],
  ["↑ ↓, Home, End", "edge below the lanes: more or fewer of them"],
];

export const KeysHelp = memo(function KeysHelp() {
  const [opened, setOpened] = useState(false);
  useShortcuts({ "?": () => setOpened(!opened) });
  useEffect(() => {
    if (!opened) return;
    // Before anything else hears of it: this Escape is for the list, wherever the focus is.
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      setOpened(false);
    };
    window.addEventListener("keydown", pressed, { capture: true });
    return () => window.removeEventListener("keydown", pressed, { capture: true });
  }, [opened]);
  return (
    <>
      <Popover opened={opened} onChange={setOpened} position="bottom-end" shadow="md" withinPortal>
        <Popover.Target>
          <ActionIcon aria-label="Keys" title="Keys (?)" onClick={() => setOpened(!opened)} data-testid="keys-help">
            ?
          </ActionIcon>
        </Popover.Target>
        <Popover.Dropdown>
          <dl className={classes.keys} data-testid="keys">
            {KEYS.map(([keys, what]) => (
              <div key={keys}>
                <dt>{keys}</dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </Popover.Dropdown>
      </Popover>
      <p id="heatmap-keys" className="visually-hidden">
        Arrow keys move the selected range. With Shift they grow or shrink it. Brackets step it by its own length. Enter
        zooms to it, Backspace shows all seconds, Escape clears it.
      </p>
      <p id="flamegraph-keys" className="visually-hidden">
        Arrow keys move from frame to frame, Enter zooms into a frame, the menu key opens its menu, Escape goes
        back.
      </p>
    </>
  );
});
