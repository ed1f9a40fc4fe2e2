// A stack chart as a flame tree, so that layout, painting and search are those of the flame graph: a node is a span, its
// left edge and its total are microseconds, and its depth is the row in which it is drawn. Threads lie one below the
// other, each under a row for its name. The root, on row 0, is the whole range and is not drawn.
import { formatPlural } from "../../lib/format";
import { seconds } from "../../types/units";
import type { TimelineAnswer } from "../../types/wire";
import { groupByDepth, type FlameTree } from "../flame/flameTree";

export interface TimelineThread {
  readonly label: string;
  readonly samples: number;
  /** The row of its name; its frames begin on the next. */
  readonly row: number;
  /** Its outermost spans and all below: nodes first … end (not included). */
  readonly first: number;
  readonly end: number;
}

export interface Timeline {
  readonly tree: FlameTree;
  readonly threads: readonly TimelineThread[];
  /** Samples inside each node's span. */
  readonly counts: ArrayLike<number>;
  readonly samples: number;
  /** The usual distance of a thread's samples, in microseconds. */
  readonly interval: number;
  /** Whether spans are slices with times of their own, and no samples. */
  readonly exact: boolean;
}

export const MICRO = 1e6;
/** The row of the root. */
const FIRST_ROW = 1;

export function buildTimeline(answer: TimelineAnswer): Timeline {
  const { spans, frames } = answer;
  const count = spans.frame.length + 1;
  const columns = {
    frame: new Uint32Array(count),
    depth: new Uint32Array(count),
    parent: new Uint32Array(count),
    end: new Uint32Array(count).fill(count),
    self: new Float64Array(count),
    total: new Float64Array(count),
    left: new Float64Array(count),
  };
  const counts = new Uint32Array(count);
  columns.frame[0] = frames.name.length;
  columns.total[0] = Math.round((answer.end - answer.start) * MICRO);
  counts[0] = answer.samples;
  const threads: TimelineThread[] = [];
  let [node, row] = [1, FIRST_ROW];
  answer.threads.spans.forEach((size, thread) => {
    const deepest = placeSpans(answer, node, size, row + 1, columns);
    threads.push({ label: labelOf(answer, thread), samples: answer.threads.samples[thread]!, row, first: node, end: node + size });
    node += size;
    row += deepest + 2;
  });
  for (let at = 1; at < count; at += 1) counts[at] = spans.samples[at - 1]!;
  const tree: FlameTree = {
    ...columns,
    ...groupByDepth(columns.depth),
    names: [...frames.name, "root"],
    libraries: [...frames.library, ""],
    kinds: [...frames.kind, ""],
    nodeCount: count,
    delta: undefined,
    ownDelta: undefined,
    measure: undefined,
    compared: undefined,
    samples: columns.total[0],
    profileSamples: columns.total[0],
    profileLevels: row,
    range: { start: seconds(answer.start), end: seconds(answer.end) },
    filtered: undefined,
    unit: "microseconds",
    sampleSeconds: undefined,
  };
  return { tree, threads, counts, samples: answer.samples, interval: answer.interval * MICRO, exact: answer.exact };
}

type Columns = Pick<FlameTree, "frame" | "depth" | "parent" | "end" | "self" | "total" | "left">;

/**
 * Write the spans of one thread, whose outermost frames go to `row`.
 * @return the depth of the deepest
 */
function placeSpans({ spans }: TimelineAnswer, first: number, size: number, row: number, columns: Columns): number {
  const open: number[] = [];
  let deepest = 0;
  for (let node = first; node < first + size; node += 1) {
    const depth = spans.depth[node - 1]!;
    for (let closed = depth; closed < open.length; closed += 1) columns.end[open[closed]!] = node;
    open.length = depth;
    const parent = open[depth - 1] ?? 0;
    open.push(node);
    const length = spans.length[node - 1]!;
    columns.frame[node] = spans.frame[node - 1]!;
    columns.depth[node] = row + depth;
    columns.parent[node] = parent;
    columns.left[node] = spans.start[node - 1]!;
    columns.total[node] = length;
    columns.self[node]! += length;
    if (parent > 0) columns.self[parent]! -= length;
    deepest = Math.max(deepest, depth);
  }
  for (const node of open) columns.end[node] = first + size;
  return deepest;
}

/** "node 3738 · main thread · 412 samples"; slices are spans. */
function labelOf({ threads, exact }: TimelineAnswer, thread: number): string {
  const [command, tid, cpu, role] = [threads.command[thread]!, threads.tid[thread]!, threads.cpu[thread]!, threads.role[thread]!];
  const id = cpu >= 0 ? `on CPU ${cpu}` : tid >= 0 ? String(tid) : "";
  const name = [command, id].filter(Boolean).join(" ") || "All samples";
  const count = exact ? formatPlural(threads.spans[thread]!, "span") : formatPlural(threads.samples[thread]!, "sample");
  return [name, role, count].filter(Boolean).join(" · ");
}
