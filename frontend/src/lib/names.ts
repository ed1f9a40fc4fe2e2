// Names that people type, for what they want to find again.

export const LONGEST_NAME = 80;

/** On one line, without blanks at its ends and without what cannot be seen, and not longer than a line. */
export function cleanName(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  // By characters, so that none is cut in half.
  return [...line].slice(0, LONGEST_NAME).join("").trim();
}
