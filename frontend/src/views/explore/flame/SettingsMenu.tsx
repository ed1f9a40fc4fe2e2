// The gear: how the heatmap and the graph look. None of it changes a number, and most never need it.
import { ActionIcon, NativeSelect, Popover, SegmentedControl, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { parseTimeOfDay } from "../../../lib/timeOfDay";
import type { FlameTree } from "../../../model/flame/flameTree";
import { colourMode, type KnownMode } from "../../../model/flame/frames/frameColour";
import type { ProfileInfo } from "../../../types/wire";
import { lengthMs, lengthWords } from "../../../lib/columnLength";
import { AUTO_ROWS, COLUMN_LENGTHS, type ColumnLength, type Clock, type ColourMode, type Layout, type Palette } from "../../../types/explorer";
import { GearIcon } from "../../shared/icons";
import type { FlamePanelProps } from "./panelProps";
import classes from "./settings.module.css";

const ROWS = [10, 25, 49, 50, 99, 100];
const PALETTE_NAMES: Readonly<Record<Palette, string>> = {
  red: "White to red",
  enhanced: "Enhanced",
  safe: "Colour-blind safe",
};
const COLOUR_NAMES: Readonly<Record<KnownMode, string>> = {
  origin: "Whose code",
  kind: "Kind",
  library: "Library",
  name: "Name",
  tier: "JavaScript tier",
};
const LAYOUT_NAMES: Readonly<Record<Layout, string>> = {
  auto: "Auto",
  flame: "Flame",
  icicle: "Icicle",
};

export function SettingsMenu({ state, change, data }: Pick<FlamePanelProps, "state" | "change" | "data">) {
  const { tree, heatmap } = data;
  const drawn = state.view === "graph" || state.view === "both";
  return (
    <Popover position="bottom-end" shadow="md" withinPortal trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon aria-label="Appearance" title="Rows, columns, palette, colours, layout" data-testid="settings">
          <GearIcon />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label="Appearance">
        <div className={classes.settings}>
          {heatmap && (
            <>
              <Row label="Rows">
                <NativeSelect
                  aria-label="Rows"
                  value={state.rows}
                  data={rowChoices(state.rows, heatmap.rows)}
                  onChange={({ currentTarget }) => change({ rows: Number(currentTarget.value) }, "replace")}
                  data-testid="rows"
                />
              </Row>
              <Row label="Columns">
                <NativeSelect
                  aria-label="Columns"
                  value={state.columnLength}
                  data={columnChoices(state.columnLength, heatmap.columnMs)}
                  onChange={({ currentTarget }) => change({ columnLength: currentTarget.value as ColumnLength }, "replace")}
                  data-testid="column-length"
                />
              </Row>
              <Row label="Palette">
                <NativeSelect
                  aria-label="Palette"
                  value={state.palette}
                  data={Object.entries(PALETTE_NAMES).map(([value, label]) => ({ value, label }))}
                  onChange={({ currentTarget }) => change({ palette: currentTarget.value as Palette }, "replace")}
                  data-testid="palette"
                />
              </Row>
            </>
          )}
          <TimeAxis state={state} change={change} info={data.info.data} />
          {!tree?.delta && (
            <Row label="Frame colours">
              <NativeSelect
                aria-label="Frame colours"
                value={state.colour}
                data={colourChoices(tree)}
                onChange={({ currentTarget }) => change({ colour: currentTarget.value as ColourMode }, "replace")}
                data-testid="colour"
              />
            </Row>
          )}
          {drawn && (
            <Row label="Layout">
              <SegmentedControl
                aria-label="Layout"
                value={state.layout}
                data={Object.entries(LAYOUT_NAMES).map(([value, label]) => ({ value, label }))}
                onChange={(value) => change({ layout: value as Layout }, "replace")}
                data-testid="layout"
              />
            </Row>
          )}
          {drawn && (
            <>
              <Row label="Height">
                <SegmentedControl
                  aria-label="Height"
                  value={state.fit ? "fit" : "full"}
                  data={[
                    { value: "full", label: "Readable" },
                    { value: "fit", label: "All levels" },
                  ]}
                  onChange={(value) => change({ fit: value === "fit" }, "replace")}
                  data-testid="height"
                />
              </Row>
              <Row label="Runs">
                <SegmentedControl
                  aria-label="Runs of frames that say little"
                  value={state.runs}
                  data={[
                    { value: "collapsed", label: "As one" },
                    { value: "all", label: "Each frame" },
                  ]}
                  onChange={(value) => change({ runs: value }, "replace")}
                  data-testid="runs"
                />
              </Row>
            </>
          )}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

/** The time of day needs a start: of the file, or one that the reader gives. */
function TimeAxis({ state, change, info }: Pick<FlamePanelProps, "state" | "change"> & { readonly info: ProfileInfo | undefined }) {
  if (!info?.timed) return null;
  const known = state.began !== undefined || info.began !== null;
  const own = state.began === undefined && info.began !== null && !info.beganExactly;
  const choices = own
    ? [{ value: "utc", label: "Time of day, as on the recorder" }]
    : [
        { value: "utc", label: "Time of day, UTC" },
        { value: "local", label: "Time of day, here" },
      ];
  return (
    <>
      {known && (
        <Row label="Time axis">
          <NativeSelect
            aria-label="Time axis"
            value={own && state.clock === "local" ? "utc" : state.clock}
            data={[{ value: "seconds", label: "Seconds" }, ...choices]}
            onChange={({ currentTarget }) => change({ clock: currentTarget.value as Clock }, "replace")}
            data-testid="clock"
          />
        </Row>
      )}
      <Row label="Began at">
        <BeganField began={state.began} onBegan={(began) => change({ began, clock: began === undefined ? "seconds" : "utc" }, "replace")} />
      </Row>
    </>
  );
}

function BeganField({ began, onBegan }: { readonly began: number | undefined; readonly onBegan: (began: number | undefined) => void }) {
  const [text, setText] = useState(began === undefined ? "" : new Date(1000 * began).toISOString());
  const wrong = text.trim() !== "" && parseTimeOfDay(text) === undefined;
  return (
    <TextInput
      aria-label="When the recording began"
      placeholder="2026-01-05T09:30:00Z"
      value={text}
      error={wrong ? "A date and a time, as 2026-01-05T09:30:00Z" : undefined}
      onChange={({ currentTarget }) => setText(currentTarget.value)}
      onBlur={() => !wrong && parseTimeOfDay(text) !== began && onBegan(parseTimeOfDay(text))}
      onKeyDown={({ key }) => key === "Enter" && !wrong && onBegan(parseTimeOfDay(text))}
      data-testid="began"
    />
  );
}

function Row({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className={classes.row}>
      <span aria-hidden>{label}</span>
      {children}
    </div>
  );
}

function rowChoices(chosen: number, shown: number) {
  const numbers = [...new Set([...ROWS, ...(chosen === AUTO_ROWS ? [] : [chosen])])].sort((a, b) => a - b);
  const auto = chosen === AUTO_ROWS ? `Auto: ${shown}` : "Auto";
  return [{ value: String(AUTO_ROWS), label: auto }, ...numbers.map((rows) => ({ value: String(rows), label: String(rows) }))];
}

function columnChoices(chosen: ColumnLength, shownMs: number) {
  return COLUMN_LENGTHS.map((value) => {
    if (value !== "auto") return { value, label: lengthWords(lengthMs(value)) };
    return { value, label: chosen === "auto" ? `Auto: ${lengthWords(shownMs)}` : "Auto" };
  });
}

/** "Auto" first, with what it stands for here. */
function colourChoices(tree: FlameTree | undefined) {
  const auto = tree && COLOUR_NAMES[colourMode(tree, "auto")].toLowerCase();
  const named = Object.entries(COLOUR_NAMES).map(([value, label]) => ({ value, label }));
  return [{ value: "auto", label: auto === undefined ? "Auto" : `Auto: ${auto}` }, ...named];
}
