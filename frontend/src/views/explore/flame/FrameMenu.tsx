// The menu of a frame, opened by a right click, the menu key or a long press on a graph or a row of the table.
import { Menu } from "@mantine/core";
import { useEffect, useState } from "react";
import type { FlameTree } from "../../../model/flame/flameTree";
import { functionKey } from "../../../model/flame/functionTable";
import { framePattern } from "../../../model/patterns";
import { zoomPath } from "../../../model/flame/layout/zoomPath";
import { showHidden } from "../../../state/explorer/plotHeight";
import type { ChangeExplorer } from "../../../state/explorer/useExplorer";
import type { ExplorerState, PatternKind } from "../../../types/explorer";
import type { NodeId } from "../../../types/units";
import { copyText } from "../../shared/copyText";

export interface FrameMenuAt {
  readonly name: string;
  readonly library: string;
  /** The frame's node in the shown tree, where it was asked for on that graph. */
  readonly node: NodeId | undefined;
  /** Of a span in time order: show it alone, and select its time. */
  readonly span?: { readonly focus: () => void; readonly select: () => void };
  readonly x: number;
  readonly y: number;
}

interface FrameMenuProps {
  readonly at: FrameMenuAt;
  readonly tree: FlameTree;
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
  readonly onClose: () => void;
}

export default function FrameMenu({ at, tree, state, change, onClose }: FrameMenuProps) {
  // Back to where the menu was asked for, so that the walk through the frames goes on.
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      const lost = document.activeElement === null || document.activeElement === document.body;
      if (lost && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    },
    [before],
  );
  const { name, library, node, span, x, y } = at;
  const focus = node === undefined ? span?.focus : () => change({ zoom: zoomPath(tree, node), callers: "" });
  const add = (kind: PatternKind) => change({ [kind]: [...new Set([...state[kind], framePattern(name)])] });
  const items: readonly (readonly [string, string, (() => void) | undefined])[] = [
    ["focus", "Focus: zoom into this frame", focus],
    ["select", "Select this stretch of time", span?.select],
    ["callers", "Show callers and callees", () => change({ callers: functionKey(name, library) })],
    ["search", "Search for this name", () => change({ search: name })],
    [
      "when",
      "Show where in time",
      () => {
        showHidden();
        change({ search: name, window: undefined });
        document.querySelector<HTMLElement>("[aria-roledescription=heatmap]")?.scrollIntoView({ block: "nearest" });
      },
    ],
    ["include", "Only stacks with it", () => add("include")],
    ["exclude", "Only stacks without it", () => add("exclude")],
    ["drop", "Hide this frame", () => add("drop")],
    ["copy", "Copy name", () => void copyText(name)],
  ];
  return (
    <Menu opened onChange={(opened) => !opened && onClose()} position="bottom-start" offset={2}>
      <Menu.Target>
        <span style={{ position: "fixed", left: x, top: y }} aria-hidden />
      </Menu.Target>
      <Menu.Dropdown data-testid="frame-menu" data-name={name} aria-label={`Frame ${name}`}>
        <Menu.Label>
          <bdi>{name.length > 60 ? `${name.slice(0, 60)}…` : name}</bdi>
        </Menu.Label>
        {items.map(([id, label, run]) =>
          run ? (
            <Menu.Item key={id} onClick={run} data-testid={`frame-${id}`}>
              {label}
            </Menu.Item>
          ) : null,
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
