// Names that users type.

export const LONGEST_NAME = 80;

/** Return a name on one line: trimmed, without invisible characters, no longer than a line. */
export function cleanName(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  // By characters, so that none is cut in half.
  return Array.from(line).slice(0, LONGEST_NAME).join("").trim();
}
