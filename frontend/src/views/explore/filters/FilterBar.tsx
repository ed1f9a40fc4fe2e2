// Two groups in one row: the samples that count (commands, processes, threads, processors and events with their
// counts, patterns over stacks, idle samples), and how their stacks are drawn. Each choice of samples is a chip,
// removed by a click.
import { Button } from "@mantine/core";
import { memo, type ReactNode } from "react";
import { formatCount, isTime } from "../../../lib/format";
import { labelValues, valueWords } from "../../../model/breakdown/facetValues";
import { samplesOfEvents, shownEvents } from "../../../model/events";
import { patternWords } from "../../../model/patterns";
import type { ChangeExplorer } from "../../../state/explorer/useExplorer";
import {
  FACETS,
  PATTERN_KINDS,
  WHOLE_CUT,
  type ExplorerState,
  type Facet,
  type PatternKind,
} from "../../../types/explorer";
import type { FacetCount, ProfileInfo } from "../../../types/wire";
import { EventMenu } from "./EventMenu";
import { FacetMenu, LabelMenu } from "./FacetMenu";
import { PatternMenu, PATTERN_TITLES } from "./PatternMenu";
import classes from "./filterBar.module.css";

interface FilterBarProps {
  readonly info: ProfileInfo | undefined;
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
  /** Samples that the selection keeps, of the whole profile; undefined until the heatmap is there. */
  readonly kept: number | undefined;
  /** More of how stacks are drawn. */
  readonly stacks?: ReactNode;
  /** At the end of the row. */
  readonly children?: ReactNode;
}

const TITLES: Readonly<Record<Facet, string>> = {
  comm: "Command",
  pid: "Process",
  tid: "Thread",
  cpu: "CPU",
  event: "Event",
  label: "Label",
};

export const FilterBar = memo(function FilterBar({ info, state, change, kept, stacks, children }: FilterBarProps) {
  // The event has its own switch, which always shows the one in use.
  const chosen = [...FACETS.filter((facet) => facet !== "event"), ...PATTERN_KINDS].flatMap((kind) => state[kind].map((value) => ({ kind, value })));
  const idle = info?.idle ?? 0;
  const isCut = chosen.length > 0 || state.idle || state.weight !== "samples" || state.flavor !== "standard";
  const events = info?.events ?? [];
  const ofEvents = samplesOfEvents(events, shownEvents(events, info?.mainEvents ?? [], state.event), state.idle);
  const all = ofEvents ?? (info && (state.idle ? info.samples : info.samples - info.idle));
  return (
    <div className={classes.bar} role="group" aria-label="Filters" data-testid="filter-bar">
      <div className={classes.menus}>
        <span className={classes.title}>Samples</span>
        {FACETS.map((facet) => {
          const counts = countsOf(info, facet);
          // A choice of one is none.
          if (counts.length < 2 && state[facet].length === 0) return null;
          if (facet === "event") {
            return (
              <EventMenu
                key={facet}
                counts={counts}
                main={info?.mainEvents ?? []}
                chosen={state.event}
                state={state}
                onChange={(event) => change({ event })}
              />
            );
          }
          const menu = {
            title: TITLES[facet],
            counts,
            chosen: state[facet],
            state,
            onChange: (values: readonly string[]) => change({ [facet]: values }),
          };
          return facet === "label" ? (
            <LabelMenu key={facet} {...menu} labels={info?.labels ?? []} samples={info?.samples ?? 0} />
          ) : (
            <FacetMenu key={facet} {...menu} facet={facet} />
          );
        })}
        <PatternMenu onAdd={(kind, pattern) => change({ [kind]: [...new Set([...state[kind], pattern])] })} />
        {(idle > 0 || state.idle) && (
          <label className={classes.check} title="Count samples of idle processors">
            <input
              type="checkbox"
              checked={state.idle}
              onChange={({ currentTarget }) => change({ idle: currentTarget.checked })}
              data-testid="idle"
            />
            {`idle (${formatCount(idle)})`}
          </label>
        )}
      </div>
      {/* They scroll in the room between the menus: no control moves for a chip. */}
      <div className={classes.chips} data-testid="filter-chips">
        {isCut && (
          <Button className={classes.clear} onClick={() => change({ ...WHOLE_CUT, filter: state.filter, event: state.event })} data-testid="clear-filters">
            Clear all
          </Button>
        )}
        {chosen.map(({ kind, value }) => (
          <Chip
            key={`${kind} ${value}`}
            kind={kind}
            value={value}
            onRemove={() => change({ [kind]: state[kind].filter((one) => one !== value) })}
          />
        ))}
        {/* A slice of a trace is in each cell that it touches. */}
        {isCut && state.weight === "samples" && !isTime(info?.unit) && kept !== undefined && all !== undefined && (
          <span className={classes.kept} role="status" data-testid="kept" data-samples={kept} data-all={all}>
            {`${formatCount(kept)} of ${formatCount(all)} samples`}
          </span>
        )}
      </div>
      <div className={classes.menus}>{stacks}</div>
      {children && <span className={classes.end}>{children}</span>}
    </div>
  );
});

interface ChipProps {
  readonly kind: Facet | PatternKind;
  readonly value: string;
  readonly onRemove: () => void;
}

function Chip({ kind, value, onRemove }: ChipProps) {
  const isPattern = PATTERN_KINDS.some((one) => one === kind);
  const title = isPattern ? PATTERN_TITLES[kind as PatternKind] : TITLES[kind as Facet];
  const words = isPattern ? patternWords(value) : valueWords(kind as Facet, value);
  return (
    <button
      type="button"
      className={classes.chip}
      onClick={onRemove}
      title={value}
      data-testid="filter-chip"
      data-kind={kind}
      data-value={value}
    >
      <span className={classes.chipKind}>{title}</span>
      <bdi>{words}</bdi>
      <span aria-hidden>✕</span>
      <span className="visually-hidden">: remove this filter</span>
    </button>
  );
}

function countsOf(info: ProfileInfo | undefined, facet: Facet): readonly FacetCount[] {
  if (!info) return [];
  switch (facet) {
    case "comm":
      return info.commands;
    case "pid":
      return info.processes;
    case "tid":
      return info.threads;
    case "cpu":
      return info.cpus;
    case "event":
      return info.events;
    case "label":
      return labelValues(info.labels ?? [], info.samples);
  }
}
