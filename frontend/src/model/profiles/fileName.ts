// The end of a file's name (date, number, suffix) matters as much as its beginning: where there is no room for
// the whole name, its middle is cut.

const TAIL = 12;
/** Shorter names have room everywhere. */
const LONG = 2 * TAIL;

/** Split a name into the part that may be cut and the part that stays. No accent, emoji or space is torn or lost. */
export function splitName(name: string): readonly [head: string, tail: string] {
  if (name.length <= LONG) return [name, ""];
  const starts = [...new Intl.Segmenter().segment(name)].map(({ index }) => index);
  let at = Math.max(starts.length - TAIL, 0);
  // A space at the end of what is cut would not be shown.
  while (at > 0 && /\s/.test(name.charAt(starts[at]! - 1))) at -= 1;
  return [name.slice(0, starts[at]), name.slice(starts[at])];
}
