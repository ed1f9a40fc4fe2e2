// The functions of the application in a tree, and which of them calls which.
import type { FlameTree } from "../flame/flameTree";
import { originOf } from "../flame/frames/frameOrigin";
import { functionName } from "../flame/frames/plainName";

/** The samples of a function below each function that calls it, "" for none. */
export interface Calls {
  all: number;
  readonly by: Map<string, Caller>;
}

interface Caller {
  samples: number;
  /** Those with the runtime or a package in between, as of callbacks. */
  callbacks: number;
}

export interface OwnCalls {
  /** With the runtime, the packages and the kernel below each function, by its key. */
  readonly samples: ReadonlyMap<string, number>;
  readonly calls: ReadonlyMap<string, Calls>;
}

/**
 * The name and script of each frame, one below the other, "" for those that are not of the application: another release has
 * the function in another line, another run in another tier.
 */
export function ownKeys(tree: FlameTree): readonly string[] {
  return tree.names.map((name, frame) => {
    const library = tree.libraries[frame]!;
    if (originOf(name, library, tree.kinds[frame]!) !== "app") return "";
    const { name: plain, script } = functionName(name, library);
    return `${plain}\n${script}`;
  });
}

/** Commands stand below the root, without a kind, above the functions of their threads. */
export function isOwner(tree: FlameTree, node: number): boolean {
  const frame = tree.frame[node]!;
  return tree.depth[node] === 1 && tree.kinds[frame] === "" && tree.libraries[frame] === "" && tree.end[node]! > node + 1;
}

export function callsOf(tree: FlameTree): OwnCalls {
  const keys = ownKeys(tree);
  const samples = new Map<string, number>();
  const calls = new Map<string, Calls>();
  // The key of the nearest own function at or above each node. In pre-order, a caller comes before what it called.
  const nearest = new Array<string>(tree.nodeCount).fill("");
  for (let node = 1; node < tree.nodeCount; node += 1) {
    const parent = tree.parent[node]!;
    const above = nearest[parent]!;
    const key = isOwner(tree, node) ? "" : keys[tree.frame[node]!]!;
    nearest[node] = key === "" ? above : key;
    const own = nearest[node]!;
    if (own !== "" && tree.self[node]! > 0) samples.set(own, (samples.get(own) ?? 0) + tree.self[node]!);
    if (key !== "" && key !== above) addCall(calls, key, above, tree.total[node]!, keys[tree.frame[parent]!] !== above);
  }
  return { samples, calls };
}

function addCall(calls: Map<string, Calls>, key: string, caller: string, samples: number, isCallback: boolean): void {
  const found: Calls = calls.get(key) ?? { all: 0, by: new Map() };
  const one: Caller = found.by.get(caller) ?? { samples: 0, callbacks: 0 };
  found.all += samples;
  one.samples += samples;
  if (isCallback) one.callbacks += samples;
  found.by.set(caller, one);
  calls.set(key, found);
}
