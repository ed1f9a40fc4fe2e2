// A breakdown as rows: who the samples of a selection are, and how that differs from the rest.
import type { BreakdownBy } from "../../types/explorer";
import type { BreakdownAnswer } from "../../types/wire";

export interface BreakdownRow {
  /** As a selection or a pattern names it. */
  readonly value: string;
  /** Its name for people, with the number of a process or thread. */
  readonly label: string;
  /** Samples with it; of functions and the like, anywhere in the stack. */
  readonly samples: number;
  /** Samples with it as the leaf. */
  readonly self: number;
  /** Part of all samples of the selection, 0 to 1. */
  readonly share: number;
  /** CPUs that it kept busy; undefined where the frequency is not known. */
  readonly busy: number | undefined;
  /** share minus that of the rest, in percentage points; undefined without a range. */
  readonly change: number | undefined;
  /** The same of the samples with it as the leaf. */
  readonly selfChange: number | undefined;
}

const known = new WeakMap<BreakdownAnswer, readonly BreakdownRow[]>();

/** The busiest first, those without samples last. The same answer returns the same rows. */
export function breakdownRows(answer: BreakdownAnswer): readonly BreakdownRow[] {
  const before = known.get(answer);
  if (before) return before;
  const { value, label, samples, self, share, busy, delta, selfDelta } = answer.rows;
  const rows = value.map((one, row) => ({
    value: String(one),
    label: label[row]!,
    samples: samples[row]!,
    self: self[row]!,
    share: share[row]!,
    busy: busy[row] ?? undefined,
    change: delta?.[row],
    selfChange: selfDelta?.[row],
  }));
  known.set(answer, rows);
  return rows;
}

/**
 * The label of a process or thread in its parts: "node 12058 (V8 platform worker 4)" is named node, has the number
 * 12058 and a role. Other labels are names as a whole.
 */
export function labelParts({ value, label }: Pick<BreakdownRow, "value" | "label">, by: BreakdownBy): LabelParts {
  if (by !== "process" && by !== "thread") return { name: label, number: "", role: "" };
  const [before, after] = splitAt(label, ` ${value}`);
  if (after === "") return { name: before, number: value, role: "" };
  const role = /^ \((.+)\)$/s.exec(after ?? "")?.[1];
  if (role !== undefined) return { name: before, number: value, role };
  return { name: label, number: label === value ? "" : value, role: "" };
}

export interface LabelParts {
  readonly name: string;
  readonly number: string;
  readonly role: string;
}

type Labelled = Pick<BreakdownRow, "value" | "label">;

/**
 * A label that begins with the part in which threads of one name differ: "V8 platform worker 4 · 12058".
 * @param own roles that need no number
 */
export function shortLabel(row: Labelled, by: BreakdownBy, own?: ReadonlySet<string>): string {
  const { number, role } = labelParts(row, by);
  if (role === "") return row.label;
  return own?.has(role) ? role : `${role} · ${number}`;
}

/** The roles that only one of the rows has. */
export function ownRoles(rows: readonly Labelled[], by: BreakdownBy): ReadonlySet<string> {
  const [found, shared] = [new Set<string>(), new Set<string>()];
  for (const row of rows) {
    const { role } = labelParts(row, by);
    if (found.has(role)) shared.add(role);
    found.add(role);
  }
  return new Set([...found].filter((role) => !shared.has(role)));
}

/** The text around the last place of a part; [text, undefined] without it. */
function splitAt(text: string, part: string): readonly [string, string | undefined] {
  const place = text.lastIndexOf(part);
  return place === -1 ? [text, undefined] : [text.slice(0, place), text.slice(place + part.length)];
}

/** "+14", "−0.4", "0": a change in points, with a sign. */
export function formatPoints(points: number): string {
  const size = Math.abs(points);
  const digits = size >= 9.95 ? size.toFixed(0) : size.toFixed(1);
  if (Number(digits) === 0) return "0";
  return `${points > 0 ? "+" : "−"}${digits.replace(/\.0$/, "")}`;
}
