// Controls of the lanes, in the row between heatmap and lanes.
import { Button, NativeSelect } from "@mantine/core";
import { laneKinds, type ShownLaneKind } from "../../../model/lanes/laneKind";
import type { ChangeExplorer } from "../../../state/explorer/useExplorer";
import type { ExplorerState, LaneSort } from "../../../types/explorer";
import type { ProfileInfo } from "../../../types/wire";
import { titlesOf } from "../../../model/breakdown/titles";
import classes from "./lanes.module.css";

const SORT_NAMES: Readonly<Record<LaneSort, string>> = {
  selection: "by selection",
  whole: "by whole profile",
  change: "by change",
};

interface LanesBarProps {
  readonly info: ProfileInfo;
  readonly by: ShownLaneKind;
  readonly open: boolean;
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
}

export function LanesBar({ info, by, open, state, change }: LanesBarProps) {
  const kinds = [...new Set([...laneKinds(info), by])];
  return (
    <div className={classes.bar} role="group" aria-label="Lanes">
      <Button
        variant="subtle"
        onClick={() => change({ lanesFold: open ? "folded" : "open" }, "replace")}
        aria-expanded={open}
        title="A heatmap for each command, process, thread, CPU or label"
        data-testid="lanes-fold"
      >
        <span aria-hidden className={classes.fold}>{open ? "▾" : "▸"}</span>
        Lanes
      </Button>
      {open && (
        <>
          <NativeSelect
            aria-label="Lanes by"
            value={by}
            data={kinds.map((kind) => ({ value: kind, label: titlesOf(kind)[0] }))}
            onChange={({ currentTarget }) => change({ lanes: currentTarget.value as ShownLaneKind }, "replace")}
            data-testid="lanes-by"
          />
          <NativeSelect
            aria-label="Order of lanes"
            value={state.lanesSort}
            data={Object.entries(SORT_NAMES).map(([value, label]) => ({ value, label }))}
            onChange={({ currentTarget }) => change({ lanesSort: currentTarget.value as LaneSort }, "replace")}
            data-testid="lanes-sort"
          />
        </>
      )}
    </div>
  );
}
