// The recording in a few words, for the header.
import { formatAmount, formatCount, formatDuration, formatPlural } from "../../lib/format";
import type { ProfileInfo } from "../../types/wire";

/** "60.0 s · 1 449 samples · cpu-clock at 99 Hz · 2 CPUs"; "" until the facts are known. */
export function profileFacts(info: ProfileInfo | undefined): string {
  if (!info) return "";
  const [event, ...others] = info.mainEvents;
  const rate = info.frequency ? `${formatCount(Math.round(info.frequency))} Hz` : "";
  const named = event !== undefined && others.length === 0 ? event : "";
  return [
    info.duration === null ? "" : formatDuration(info.duration),
    formatAmount(info.samples, info.unit === "samples" ? info.unit : "samples"),
    named !== "" && rate !== "" ? `${named} at ${rate}` : named || rate,
    info.cpus.length > 1 ? formatPlural(info.cpus.length, "CPU") : "",
  ]
    .filter((part) => part !== "")
    .join(" · ");
}
