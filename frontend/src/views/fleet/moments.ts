// Times of the day as the fleet's screen writes them, in UTC.

const TO_THE_MINUTE = 16;
const TO_THE_SECOND = 19;

/** 1795000000 → "2026-11-18 13:46": the first `letters` of the ISO text. */
function momentText(seconds: number, letters = TO_THE_MINUTE): string {
  const found = new Date(seconds * 1000);
  return Number.isNaN(found.getTime()) ? String(seconds) : found.toISOString().slice(0, letters).replace("T", " ");
}

/** The labels of a time axis: its ends and its middle, with seconds where minutes would repeat. */
export function axisTexts(start: number, length: number): string[] {
  const letters = length / 2 < 60 ? TO_THE_SECOND : TO_THE_MINUTE;
  return [start, start + length / 2, start + length].map((moment) => momentText(moment, letters));
}

/** A stretch: the day of its end only where it is another one. */
export function momentsText(start: number, end: number): string {
  const [first, last] = [momentText(start), momentText(end)];
  return `${first} – ${first.slice(0, 10) === last.slice(0, 10) ? last.slice(11) : last}`;
}

/** "2026-11-18T13:46" for a field of date and time. */
export function inputText(seconds: number | undefined): string {
  return seconds === undefined ? "" : new Date(seconds * 1000).toISOString().slice(0, TO_THE_MINUTE);
}
