// A strip of activity as one path: a bar for each part of the duration, as high as its share of the busiest part.

export const STRIP_WIDTH = 120;
export const STRIP_HEIGHT = 16;
/** Something is never as low as nothing. */
const LEAST = 1;

/** The `d` of a path in a box of STRIP_WIDTH by STRIP_HEIGHT; "" where nothing ran. */
export function stripPath(activity: readonly number[]): string {
  const peak = activity.reduce((most, count) => Math.max(most, count), 0);
  if (peak === 0) return "";
  const width = STRIP_WIDTH / activity.length;
  let path = "";
  for (let part = 0; part < activity.length; part += 1) {
    const count = activity[part]!;
    if (count === 0) continue;
    const height = Math.max(LEAST, Math.round((count / peak) * STRIP_HEIGHT));
    path += `M${rounded(part * width)} ${STRIP_HEIGHT}v-${height}h${rounded(width)}v${height}z`;
  }
  return path;
}

function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}
