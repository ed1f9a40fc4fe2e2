// The end of a file's name (date, number, suffix) matters as much as its beginning: where there is no room for
// the whole name, its middle is cut.

import { shortened } from "../../lib/format";

const TAIL = 12;
// It takes longer to make than to use, and lanes split their names with every move of a drag.
const SEGMENTER = new Intl.Segmenter();
/** The rest of a word, and its beginning. */
const WORD = { rest: /^[\p{L}\p{M}]+(?=\s)/u, beginning: /[\p{L}\p{M}]$/u };
/** Shorter names have room everywhere. */
const LONG = 2 * TAIL;

/** Split a name into the part that may be cut and the part that stays. No accent, emoji or space is torn or lost. */
export function splitName(name: string, long = LONG, tail = TAIL): readonly [head: string, tail: string] {
  if (name.length <= long) return [name, ""];
  const starts = [...SEGMENTER.segment(name)].map(({ index }) => index);
  let at = Math.max(starts.length - tail, 0);
  // The last word is read sooner than a part of the one before.
  const torn = WORD.beginning.test(name.slice(0, starts[at])) ? (WORD.rest.exec(name.slice(starts[at]))?.[0] ?? "") : "";
  at = Math.max(at, starts.indexOf(starts[at]! + torn.length));
  // A space at the end of what is cut would not be shown.
  while (at > 0 && /\s/.test(name.charAt(starts[at]! - 1))) at -= 1;
  return [name.slice(0, starts[at]), name.slice(starts[at])];
}

const SHORT = 32;

/** Two names for a sentence: without the folders where the files differ, and cut where both are alike. */
export function shortNames(one: string, other: string): readonly [string, string] {
  const files = [one, other].map((name) => name.slice(name.lastIndexOf("/") + 1)) as [string, string];
  const [first, second] = files[0] === files[1] ? [one, other] : files;
  const short = [shortened(first, SHORT), shortened(second, SHORT)] as const;
  if (short[0] !== short[1]) return short;
  let same = 0;
  while (same < first.length && first[same] === second[same]) same += 1;
  return [fromPlace(first, same), fromPlace(second, same)];
}

/** The part around a place: what is before it, another name shares. */
function fromPlace(name: string, at: number): string {
  const from = Math.max(0, at - SHORT / 2);
  return `${from > 0 ? "…" : ""}${name.slice(from, from + SHORT)}${from + SHORT < name.length ? "…" : ""}`;
}
