// Numbers and dates as the screen shows them. One place, so that a count looks the same in the
// summary, the tooltip and the table: thousands apart with a narrow no-break space, no locale surprises.

const NARROW_SPACE = "\u202f";

/** 1441 → "1 441" (with a narrow no-break space). */
export function formatCount(value: number): string {
  const digits = Math.round(value).toString();
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, NARROW_SPACE);
}

/** "1 sample", "1 441 samples". */
export function formatPlural(value: number, one: string, many = `${one}s`): string {
  return `${formatCount(value)} ${value === 1 ? one : many}`;
}

/** Seconds in units of time that profiles count in. */
const TIMES: ReadonlyMap<string, number> = new Map([
  ["seconds", 1],
  ["milliseconds", 1e-3],
  ["microseconds", 1e-6],
  ["nanoseconds", 1e-9],
]);

/**
 * A value with its unit: "1 441 samples", "148.7 ms" of microseconds, "3.5 MB" of bytes. Without a unit, which is
 * unknown until the first answer, the number alone.
 */
export function formatAmount(value: number, unit: string | undefined): string {
  if (unit === undefined || isTime(unit) || unit === "bytes") return formatValue(value, unit);
  const one = unit.endsWith("s") ? unit.slice(0, -1) : unit;
  return formatPlural(value, one);
}

/** As formatAmount, for columns and places that name the unit elsewhere: a count has no noun. */
export function formatValue(value: number, unit: string | undefined): string {
  const seconds = TIMES.get(unit ?? "");
  if (seconds !== undefined) return formatTime(value * seconds);
  return unit === "bytes" ? formatBytes(value) : formatCount(value);
}

export function isTime(unit: string | undefined): boolean {
  return TIMES.has(unit ?? "");
}

/** A short time in seconds, with three digits: "999 ns", "12.3 µs", "148 ms"; from a minute on as formatDuration. */
function formatTime(value: number): string {
  if (value >= 60) return formatDuration(value);
  if (value === 0) return "0 s";
  for (const [unit, size] of [["s", 1], ["ms", 1e-3], ["µs", 1e-6]] as const) {
    if (value >= size * 0.9995) return `${threeDigits(value / size)} ${unit}`;
  }
  return `${threeDigits(value / 1e-9)} ns`;
}

function threeDigits(value: number): string {
  return value >= 99.95 ? Math.round(value).toString() : value.toFixed(value >= 9.995 ? 1 : 2);
}

/** A share of a whole: "3.1 %", "<0.1 %", "100 %"; a share of nothing is "0 %". */
export function formatShare(part: number, whole: number): string {
  if (whole <= 0 || part <= 0) return "0 %";
  const percent = (100 * part) / whole;
  if (percent < 0.1) return "<0.1 %";
  if (percent > 99.9 && percent < 100) return ">99.9 %";
  return `${percent === 100 ? "100" : percent.toFixed(1)} %`;
}

/** The shortest decimal that reads back as the same number; never an exponent. */
export function formatDecimal(value: number): string {
  const shortest = value.toString();
  return shortest.includes("e") ? value.toFixed(9) : shortest;
}

/** Seconds for reading, always two decimals so that neighbours line up: "12.34". */
export function formatSeconds(value: number): string {
  return value.toFixed(2);
}

/** "59.8 s", "3 min 00 s", "1 h 02 min". */
export function formatDuration(value: number): string {
  if (value < 60) return `${value < 10 ? value.toFixed(2) : value.toFixed(1)} s`;
  const whole = Math.round(value);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`;
}

/** Whole seconds as a clock, for axes: "1:05", "2:00:00". */
export function formatClock(value: number): string {
  const [hours, minutes, rest] = [Math.floor(value / 3600), Math.floor(value / 60) % 60, Math.floor(value % 60)];
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(rest)}` : `${minutes}:${pad(rest)}`;
}

/** Times of a profile of at least this many seconds are written as a clock. */
export const CLOCK_FROM = 1000;

/** A second of a profile of `whole` seconds: "12 s", "12:00:05". */
export function formatMoment(value: number, whole: number): string {
  return whole < CLOCK_FROM ? `${formatCount(value)} s` : formatClock(value);
}

/** A range of a profile of `whole` seconds: "12.34–13.80 s", "12:00:00.00–12:00:05.00". */
export function formatSpan({ start, end }: { readonly start: number; readonly end: number }, whole: number): string {
  if (whole < CLOCK_FROM) return `${formatSeconds(start)}–${formatSeconds(end)} s`;
  return [start, end].map((edge) => formatClock(Math.round(edge * 100) / 100) + hundredths(edge)).join("–");
}

/** The name of an exported file with its range: "perf.out" → "perf.out.12.3-14s"; of all of it unchanged. */
export function rangedName(name: string, range: { readonly start: number; readonly end: number } | undefined): string {
  return range ? `${name}.${shortDecimal(range.start)}-${shortDecimal(range.end)}s` : name;
}

/** At most six digits that tell something, as the server names files. */
function shortDecimal(value: number): string {
  return formatDecimal(Number(value.toPrecision(6)));
}

function hundredths(value: number): string {
  return `.${pad(Math.round(value * 100) % 100)}`;
}

/** Bytes in the units of ls -h, by thousands: "3.5 MB". */
export function formatBytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let size = value;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || size >= 99.5 ? 0 : 1;
  return `${size.toFixed(digits)} ${units[unit] ?? ""}`;
}

/** Local time to the minute, sortable by eye: "2026-03-01 14:07". */
export function formatWhen(rfc3339: string): string {
  const date = new Date(rfc3339);
  if (Number.isNaN(date.getTime())) return rfc3339;
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

function pad(value: number): string {
  return value.toString().padStart(2, "0");
}

/** Shorter results keep no letters of the end. */
const BOTH_ENDS_FROM = 9;

/**
 * Shorten a name to so many letters, with an ellipsis in the middle. The end of a name matters as much as its
 * beginning: the method behind its namespaces, the line behind its file.
 */
export function shortened(text: string, letters: number): string {
  if (text.length <= letters) return text;
  const end = letters < BOTH_ENDS_FROM ? 0 : Math.floor(0.4 * letters);
  return `${text.slice(0, letters - end)}…${text.slice(text.length - end)}`;
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
