// The parse report in words: only where something was left out, repaired, or said.
import { formatCount, formatPlural } from "../../lib/format";
import type { ParseReport } from "../../types/wire";

export interface ReportWords {
  readonly summary: string;
  readonly messages: readonly string[];
  /** Skipped lines that no message names. */
  readonly more: number;
}

/** undefined where there is nothing to tell. */
export function reportWords(report: ParseReport): ReportWords | undefined {
  const { skipped = 0, repaired = 0, outOfOrder = 0, lostEvents = 0, withoutStack = 0 } = report;
  const notes = report.notes ?? [];
  const parts = [
    skipped > 0 && `${formatPlural(skipped, "line")} skipped`,
    repaired > 0 && `${formatPlural(repaired, "place")} repaired`,
    lostEvents > 0 && `${formatPlural(lostEvents, "event")} lost while recording`,
    outOfOrder > 0 && `${formatPlural(outOfOrder, "sample")} out of order`,
    withoutStack > 0 && `${formatPlural(withoutStack, "sample")} without a stack`,
  ].filter((part) => part !== false);
  const said = report.messages ?? [];
  // Order and missing stacks cost nothing: they are told with something else, not by themselves.
  if (skipped + repaired + lostEvents === 0 && said.length === 0) return undefined;
  const [first, ...others] = said;
  const messages = [
    ...others,
    ...notes.map(({ reason, line, text }) =>
      [typeof line === "number" ? `line ${formatCount(line)}: ` : "", reason, text ? `: ${text}` : ""].join(""),
    ),
  ];
  // What is said of the file as a whole, as that it is cut off, must be seen without a click.
  const summary = [parts.length > 0 && `Reading the file: ${parts.join(", ")}.`, first].filter(Boolean).join(" ");
  return { summary, messages, more: Math.max(skipped - notes.length, 0) };
}
