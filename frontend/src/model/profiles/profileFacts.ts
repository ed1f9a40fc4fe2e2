// The recording in a few words, for the header.
import { formatAmount, formatCount, formatDuration, formatPlural } from "../../lib/format";
import { visible } from "../flame/frames/displayName";
import type { ProfileInfo } from "../../types/wire";

/** Names of events that stand beside a number of samples. */
const SAYS_NOTHING: ReadonlySet<string> = new Set(["sample", "samples"]);

/**
 * "web-07 · 60.0 s · 1 449 samples · cpu-clock at 99 Hz · 2 CPUs · captured Sun Nov 22 15:40:55 2026 · node server.js";
 * "" until the facts are known. Host, time and command line are those of perf's header.
 */
export function profileFacts(info: ProfileInfo | undefined): string {
  if (!info) return "";
  const [event, ...others] = info.mainEvents;
  // Slices are cut into ticks, whose number and distance mean nothing. The summary counts the slices.
  const sliced = info.unit === "microseconds";
  const rate = info.frequency && !sliced ? `${formatCount(Math.round(info.frequency))} Hz` : "";
  const named = event !== undefined && others.length === 0 && !SAYS_NOTHING.has(event) ? event : "";
  // Each line of folded stacks counts many samples.
  const counted = formatAmount(info.samples, info.format === "folded" ? "stacks" : "samples");
  const { hostname = "", "nrcpus online": online = "", "captured on": captured = "", cmdline = "" } = info.header;
  const cpus = Number(online) || info.cpus.length;
  return [
    visible(hostname),
    info.duration === null ? "" : formatDuration(info.duration),
    sliced ? "" : counted + (info.inFunctions === undefined ? "" : `, ${formatCount(info.inFunctions)} in functions`),
    sliced ? "" : named !== "" && rate !== "" ? `${named} at ${rate}` : named || rate,
    cpus > 1 ? formatPlural(cpus, "CPU") : "",
    captured === "" ? "" : `captured ${visible(captured)}`,
    visible(recordedCommand(cmdline)),
  ]
    .filter((part) => part !== "")
    .join(" · ");
}

/** The command that perf recorded, without perf's own options where they end in " -- ". */
function recordedCommand(cmdline: string): string {
  const own = cmdline.indexOf(" -- ");
  return own === -1 ? cmdline : cmdline.slice(own + 4);
}
