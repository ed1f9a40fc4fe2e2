// The parse report in words: only where something was left out, repaired or reported.
import { formatCount, formatPlural } from "../../lib/format";
import type { ParseReport } from "../../types/wire";

export interface ReportWords {
  readonly summary: string;
  readonly messages: readonly string[];
  /** Skipped lines that no message names. */
  readonly more: number;
}

/** The part of a report that is put in words. */
export type ReportPart = Pick<
  ParseReport,
  "skipped" | "repaired" | "outOfOrder" | "lostEvents" | "withoutStack" | "other" | "notes" | "messages"
>;

/** Return undefined where there is nothing to report. */
export function reportWords(report: ReportPart): ReportWords | undefined {
  const { skipped, repaired, outOfOrder, lostEvents, withoutStack, notes, messages: sentences } = report;
  const other = Object.entries(report.other);
  const parts = [
    skipped > 0 && `${formatPlural(skipped, "line")} skipped`,
    repaired > 0 && `${formatPlural(repaired, "place")} repaired`,
    lostEvents > 0 && `${formatPlural(lostEvents, "event")} lost while recording`,
    outOfOrder > 0 && `${formatPlural(outOfOrder, "sample")} out of order`,
    other.length > 0 && otherWords(other),
    withoutStack > 0 && `${formatPlural(withoutStack, "sample")} without a stack`,
  ].filter((part) => part !== false);
  // Order, missing stacks and other lines lose nothing: they are reported beside something else, not by themselves.
  if (skipped + repaired + lostEvents === 0 && sentences.length === 0) return undefined;
  const [first, ...others] = sentences;
  const messages = [
    ...others,
    ...notes.map(({ reason, line, text }) =>
      [line !== null ? `line ${formatCount(line)}: ` : "", reason, text ? `: ${text}` : ""].join(""),
    ),
  ];
  // A sentence about the whole file, such as one that is cut off, must be visible without a click.
  const summary = [parts.length > 0 && `Reading the file: ${parts.join(", ")}.`, first].filter(Boolean).join(" ");
  return { summary, messages, more: Math.max(skipped - notes.length, 0) };
}

/** "120 other lines (source: 100, registers: 20)": understood, but without a place in a profile. */
function otherWords(other: readonly (readonly [string, number])[]): string {
  const lines = other.reduce((sum, [, count]) => sum + count, 0);
  const kinds = other.map(([kind, count]) => `${kind}: ${formatCount(count)}`).join(", ");
  return `${formatPlural(lines, "other line")} (${kinds})`;
}
