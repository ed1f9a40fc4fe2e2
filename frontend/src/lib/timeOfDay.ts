// The time of day at a second of a profile.

export interface TimeOfDay {
  /** Seconds since 1970 at the beginning of the time axis. */
  readonly began: number;
  readonly zone: "utc" | "local";
}

/** "09:30:05", to the whole second. */
export function formatTimeOfDay(second: number, { began, zone }: TimeOfDay): string {
  // Half a millisecond up: a sum of fractions may be a hair below a whole second.
  const date = new Date(1000 * (began + second) + 0.5);
  if (Number.isNaN(date.getTime())) return "?";
  const [hours, minutes, seconds] =
    zone === "utc"
      ? [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]
      : [date.getHours(), date.getMinutes(), date.getSeconds()];
  return [hours, minutes, seconds].map((part) => part.toString().padStart(2, "0")).join(":");
}

/** "2026-01-05T09:30:05Z" → seconds since 1970; undefined for anything else. Without a zone it is the reader's own. */
export function parseTimeOfDay(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(text.trim())) return undefined;
  const time = Date.parse(text.trim().replace(" ", "T"));
  return Number.isFinite(time) ? time / 1000 : undefined;
}
