// The keyboard of a stack chart: arrows walk from span to span and from thread to thread, Enter shows a span alone,
// + and - go closer and farther, Shift with an arrow moves along the time.
import { useRef, type KeyboardEvent, type RefObject } from "react";
import { firstIndex } from "../../lib/numbers";
import { boxBeside, boxOf, moveCursor } from "../../model/flame/layout/flameCursor";
import type { FlameBoxes, Span } from "../../model/flame/layout/flameLayout";
import type { FlameTree } from "../../model/flame/flameTree";
import { along, closer, insideOf } from "../../model/timeline/timeWindow";
import type { Timeline } from "../../model/timeline/timelineTree";
import { nodeId, ROOT, type NodeId } from "../../types/units";

interface TimelineKeysOptions {
  readonly timeline: Timeline;
  readonly boxes: FlameBoxes;
  readonly span: RefObject<Span>;
  readonly show: (span: Span, moving?: boolean) => void;
  /** Scroll a span into view, and show it as if the pointer were there. */
  readonly point: (node: NodeId) => void;
  readonly onChoose: (node: NodeId) => void;
  readonly onMenu: (node: NodeId) => void;
}

const CLOSER = 2;
const STEP = 0.25;

export function useTimelineKeys(options: TimelineKeysOptions) {
  const cursor = useRef<{ readonly tree: FlameTree; readonly node: NodeId }>(undefined);
  return (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { timeline, span, show, point, onChoose, onMenu } = options;
    const { tree } = timeline;
    const whole = tree.total[ROOT]!;
    const at = cursor.current?.tree === tree ? cursor.current.node : undefined;
    const menu = event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey);
    const sideways = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (sideways !== 0 && event.shiftKey) show(along(whole, span.current, sideways * STEP));
    else if (event.key.startsWith("Arrow")) {
      const next = at === undefined ? firstShown(options) : moved(options, at, event.key);
      if (next === undefined) return;
      cursor.current = { tree, node: next };
      reveal(options, next);
      point(next);
    } else if (event.key === "+" || event.key === "=") show(closer(whole, span.current, CLOSER, focusOf(options, at)), true);
    else if (event.key === "-") show(closer(whole, span.current, 1 / CLOSER, focusOf(options, at)), true);
    else if (event.key === "Backspace" || event.key === "Home") show({ from: 0, samples: whole }, true);
    else if ((event.key === "Enter" || event.key === " ") && at !== undefined) onChoose(at);
    else if (menu && at !== undefined) onMenu(at);
    else return;
    event.preventDefault();
  };
}

/** The first outermost span that is in view; undefined in an empty chart. */
function firstShown({ timeline: { tree, threads }, span }: TimelineKeysOptions): NodeId | undefined {
  const thread = threads.find(({ first, end }) => end > first);
  return thread && nearest(tree, thread.row + 1, span.current.from + span.current.samples / 2);
}

function moved({ timeline, boxes }: TimelineKeysOptions, node: NodeId, key: string): NodeId | undefined {
  const { tree } = timeline;
  if (key === "ArrowLeft" || key === "ArrowRight") return boxBeside(tree, boxes, node, key === "ArrowLeft" ? "left" : "right");
  const next = moveCursor(tree, node, key === "ArrowDown" ? "deeper" : "shallower");
  return next === node || next === ROOT ? beyond(timeline, node, key === "ArrowDown" ? 1 : -1) ?? node : next;
}

/** The outermost span of the next thread, at the same time. */
function beyond({ tree, threads }: Timeline, node: NodeId, step: 1 | -1): NodeId | undefined {
  const thread = threads[threads.findIndex(({ first, end }) => node >= first && node < end) + step];
  return thread && nearest(tree, thread.row + 1, tree.left[node]! + tree.total[node]! / 2);
}

/** The last span of a row that begins at or before a time, else the first. */
function nearest({ levelStart, levelNodes, left }: FlameTree, row: number, time: number): NodeId | undefined {
  const [from, to] = [levelStart[row]!, levelStart[row + 1]!];
  if (from === to) return undefined;
  const after = firstIndex(from, to, (at) => left[levelNodes[at]!]! > time);
  return nodeId(levelNodes[Math.max(after - 1, from)]!);
}

/** Move along the time until a span begins in view. */
function reveal({ timeline: { tree }, span, show }: TimelineKeysOptions, node: NodeId): void {
  const { from, samples } = span.current;
  const [left, right] = [tree.left[node]!, tree.left[node]! + tree.total[node]!];
  if (right > from && left < from + samples) return;
  show(insideOf(tree.total[ROOT]!, { from: left - samples / 4, samples }));
}

/** Where the cursor is, as a share of the width; the middle while it is elsewhere. */
function focusOf({ timeline: { tree }, boxes, span }: TimelineKeysOptions, node: NodeId | undefined): number {
  if (node === undefined || boxOf(tree, boxes, node) < 0) return 0.5;
  const share = (tree.left[node]! + tree.total[node]! / 2 - span.current.from) / span.current.samples;
  return share >= 0 && share <= 1 ? share : 0.5;
}
