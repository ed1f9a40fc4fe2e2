// The own functions that take more or less on one side of a comparison than on the other. A function has its own samples and
// those of the runtime, the packages and the kernel that it called, up to the next function of the application: V8's builtins
// have most samples of a Node service, whatever it does. A function that changed together with the one that alone calls it, or
// that is its callback, is a part of that one: the caller is what someone changed.
import { largestOf, type FlameTree } from "../flame/flameTree";
import type { NodeId } from "../../types/units";
import { callsOf, isOwner, ownKeys, type OwnCalls } from "./ownCalls";

/** A function with its values on both sides. */
export interface OwnChange {
  /** Without the compiler's tier and the script. */
  readonly name: string;
  /** With the script, as frames are compared. */
  readonly key: string;
  readonly a: number;
  readonly b: number;
  /** The function below it that changed most of it, if not itself. */
  readonly mostly: string | undefined;
}

/** The values of one sample of each side. */
export interface SampleValues {
  readonly a: number;
  readonly b: number;
}

/** A smaller change of the larger side's whole may be chance. */
const LEAST = 0.01;
/** So many standard deviations of the counts. */
const DEVIATIONS = 2;
/** A function is called by one other where so much of it is. */
const ALONE = 0.9;
/** A caller that changed by so much of its callee's change changed, too. */
const TOGETHER = 0.25;

/** Return the functions that changed beyond chance, the largest change first. */
export function ownChanges(a: FlameTree, b: FlameTree, values: SampleValues): readonly OwnChange[] {
  const sides = { a: callsOf(a), b: callsOf(b) };
  const single = singles(sides, values);
  const groups = grouped(single, sides, values);
  const whole = Math.max(a.samples * values.a, b.samples * values.b);
  const counted = a.unit === "samples" && b.unit === "samples";
  return [...groups.values()]
    .filter((one) => Math.abs(one.b - one.a) >= Math.max(LEAST * whole, counted ? chance(one, values) : 0))
    .map(({ key, a: before, b: after, largest }) => ({ name: nameIn(key), key, a: before, b: after, mostly: largest === key ? undefined : nameIn(largest) }))
    .sort((one, other) => Math.abs(other.b - other.a) - Math.abs(one.b - one.a) || (one.name < other.name ? -1 : 1));
}

/** The largest node of a function; undefined where the tree does not have it. */
export function largestNode(tree: FlameTree, key: string): NodeId | undefined {
  const keys = ownKeys(tree);
  return largestOf(tree, (node) => keys[tree.frame[node]!] === key && !isOwner(tree, node));
}

interface Sides {
  readonly a: OwnCalls;
  readonly b: OwnCalls;
}

interface Change {
  readonly key: string;
  a: number;
  b: number;
  /** The part of it with the largest change. */
  largest: string;
}

/** The deviation of the difference of two counts of independent samples. */
function chance({ a, b }: Change, values: SampleValues): number {
  return DEVIATIONS * Math.sqrt(a * values.a + b * values.b);
}

/** Each function by itself. */
function singles({ a, b }: Sides, values: SampleValues): ReadonlyMap<string, Change> {
  const keys = [...new Set([...a.samples.keys(), ...b.samples.keys()])];
  return new Map(keys.map((key) => [key, { key, a: (a.samples.get(key) ?? 0) * values.a, b: (b.samples.get(key) ?? 0) * values.b, largest: key }]));
}

/** Functions with those that belong to them. */
function grouped(single: ReadonlyMap<string, Change>, sides: Sides, values: SampleValues): ReadonlyMap<string, Change> {
  const callers = new Map([...single.keys()].map((key) => [key, callerThatChanged(key, single, sides, values)]));
  const groups = new Map<string, Change>();
  for (const one of single.values()) {
    const top = topOf(one.key, callers);
    const group = groups.get(top);
    if (!group) {
      groups.set(top, { ...one, key: top });
      continue;
    }
    if (size(one) > size(single.get(group.largest))) group.largest = one.key;
    group.a += one.a;
    group.b += one.b;
  }
  return groups;
}

function topOf(key: string, callers: ReadonlyMap<string, string | undefined>): string {
  const seen = new Set<string>();
  for (let at = key; ; ) {
    seen.add(at);
    const next = callers.get(at);
    if (next === undefined || seen.has(next)) return at;
    at = next;
  }
}

function size(change: Change | undefined): number {
  return change ? Math.abs(change.b - change.a) : 0;
}

/** The one function that calls another, where the change is of both. */
function callerThatChanged(key: string, single: ReadonlyMap<string, Change>, { a, b }: Sides, values: SampleValues): string | undefined {
  const [first, second] = [a.calls.get(key), b.calls.get(key)];
  const whole = (first?.all ?? 0) * values.a + (second?.all ?? 0) * values.b;
  const callers = new Set([...(first?.by.keys() ?? []), ...(second?.by.keys() ?? [])]);
  for (const caller of callers) {
    const [one, other] = [first?.by.get(caller), second?.by.get(caller)];
    const part = (one?.samples ?? 0) * values.a + (other?.samples ?? 0) * values.b;
    if (caller === "" || part < ALONE * whole) continue;
    const back = (one?.callbacks ?? 0) * values.a + (other?.callbacks ?? 0) * values.b;
    if (back >= ALONE * whole && scriptIn(key) !== "" && scriptIn(key) === scriptIn(caller)) return caller;
    const [own, above] = [single.get(key), single.get(caller)];
    if (!own || !above) return undefined;
    const [change, changeAbove] = [own.b - own.a, above.b - above.a];
    return Math.sign(change) === Math.sign(changeAbove) && Math.abs(changeAbove) >= TOGETHER * Math.abs(change) ? caller : undefined;
  }
  return undefined;
}

function nameIn(key: string): string {
  return key.slice(0, key.indexOf("\n"));
}

function scriptIn(key: string): string {
  return key.slice(key.indexOf("\n") + 1);
}
