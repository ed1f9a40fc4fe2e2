// Names of frames as the screen shows them. Links, patterns and searches use the recorded name.

const UNRESOLVED = "[unknown]";
/** Controls (escape sequences, line ends), and characters that reorder or hide the text around them. */
// oxlint-disable-next-line no-control-regex -- control characters are searched for
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A frame without a symbol is shown by its library: "[unknown]" in blst.node is "[blst.node]". */
export function displayName(name: string, library: string): string {
  const file = library.slice(library.lastIndexOf("/") + 1);
  return name === UNRESOLVED && file !== "" && file !== UNRESOLVED ? `[${file.replace(/^\[|\]$/g, "")}]` : visible(name);
}

/** Write invisible characters as escapes: a right-to-left override as "\\u202e". */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
