// RE2 patterns for the server, made of typed text or a chosen frame, and the way back to text for the screen. A
// pattern is matched against " name (library)".

import { shortened } from "../lib/format";

const SPECIAL = /[\\^$.*+?()[\]{}|/-]/g;
const ANY_CASE = "(?i)";
/** One function has several names while V8 compiles it; a filter takes the prefix off. */
const V8_PREFIX = /^(?:JS|LazyCompile|InterpretedFunction|Function|Script|Eval):[*+^~]?'?/;
const ANY_V8_PREFIX = "(?:(?:JS|LazyCompile|InterpretedFunction|Function|Script|Eval):[*+^~]?'?)?";
const LONGEST_NAME = 180;
/** Letters of an expression that a fault shows. */
const FAULT_SHOWN = 12;

export function escaped(text: string): string {
  return text.replace(SPECIAL, "\\$&");
}

/** The expression between the slashes of "/…/"; undefined for plain text. */
export function expressionOf(query: string): string | undefined {
  return /^\/(.+)\/$/.exec(query.trim())?.[1];
}

/**
 * The pattern of a search; undefined for an empty one and for an expression that is not finished. The
 * server takes patterns of some length only: of longer text the beginning is searched.
 */
export function searchPattern(query: string): string | undefined {
  if (query.trim() === "") return undefined;
  const source = expressionOf(query) ?? escaped(query.slice(0, LONGEST_NAME));
  try {
    new RegExp(source, "i");
  } catch {
    return undefined;
  }
  return ANY_CASE + source;
}

/** Why the expression of a query is none and where: "Unterminated group at “(foo”"; undefined for any other text. */
export function expressionFault(query: string): string | undefined {
  const source = expressionOf(query);
  if (source === undefined) return undefined;
  try {
    new RegExp(source, "i");
    return undefined;
  } catch (error) {
    // Invalid regular expression: /(foo/i: Unterminated group
    const reason = (error instanceof Error ? error.message : "").split(": ").at(-1)!;
    const at = unmatched(source);
    return at === undefined ? reason : `${reason} at “${shortened(source.slice(at), FAULT_SHOWN)}”`;
  }
}

/** The place of the first bracket without a partner. */
function unmatched(source: string): number | undefined {
  const groups: number[] = [];
  let set: number | undefined;
  for (let at = 0; at < source.length; at += 1) {
    const letter = source[at];
    if (letter === "\\") at += 1;
    else if (set !== undefined) set = letter === "]" ? undefined : set;
    else if (letter === "[") set = at;
    else if (letter === "(") groups.push(at);
    else if (letter === ")" && groups.pop() === undefined) return at;
  }
  return set ?? groups.at(-1);
}

/** The pattern of one function, whatever its library and its compiler. */
export function framePattern(name: string): string {
  const plain = name.replace(V8_PREFIX, "");
  const start = `^ ${ANY_V8_PREFIX}${escaped(plain.slice(0, LONGEST_NAME))}`;
  return plain.length > LONGEST_NAME ? start : `${start} \\(`;
}

/** A pattern as a user would type it: plain text where possible, else between slashes. */
export function patternWords(pattern: string): string {
  const frame = /^\^ (?:\(\?:\(\?:JS.*?\)\?)(.*?)(?: \\\()?$/s.exec(pattern)?.[1];
  if (frame !== undefined) return unescaped(frame) ?? `/${pattern}/`;
  const source = pattern.startsWith(ANY_CASE) ? pattern.slice(ANY_CASE.length) : pattern;
  return unescaped(source) ?? `/${source}/`;
}

/** undefined where something in it is not escaped. */
function unescaped(source: string): string | undefined {
  const plain = source.replace(/\\([\\^$.*+?()[\]{}|/-])/g, "$1");
  return escaped(plain) === source ? plain : undefined;
}
