// Times of the day as the fleet's screen writes them, in UTC.

/** 1795000000 → "2026-11-18 13:46". */
export function momentText(seconds: number): string {
  const found = new Date(seconds * 1000);
  return Number.isNaN(found.getTime()) ? String(seconds) : found.toISOString().slice(0, 16).replace("T", " ");
}

/** A stretch: the day of its end only where it is another one. */
export function momentsText(start: number, end: number): string {
  const [first, last] = [momentText(start), momentText(end)];
  return `${first} – ${first.slice(0, 10) === last.slice(0, 10) ? last.slice(11) : last}`;
}

/** "2026-11-18T13:46" for a field of date and time. */
export function inputText(seconds: number | undefined): string {
  return seconds === undefined ? "" : new Date(seconds * 1000).toISOString().slice(0, 16);
}
