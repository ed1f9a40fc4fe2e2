// Names of functions without the parts that differ between two runs: the compiler's tier, the line, the directory.

/** JS:*f, JS:^f, LazyCompile:~f, and the f that a filter makes of them, are one function. */
const V8_PREFIX = /^\s*(?:(?:JS|LazyCompile|InterpretedFunction|Function|Script|Eval):[*+^~]?'?)?/;
/** The script at the end of a name: "hash /srv/app/server.js:3:6", "get node:internal/url:820:11". */
const SCRIPT = /(?:^| )(\S+)$/;
const PLACE = /(?::\d{1,9}){1,2}$/;

/** Return a name without V8's prefix. */
export function plainName(name: string): string {
  return name.replace(V8_PREFIX, "");
}

export interface FunctionName {
  /** Without V8's prefix and the script. */
  readonly name: string;
  /** The script's name without its directory and line; "" where none is known. */
  readonly script: string;
}

/** @param library of V8's CPU profiles the script with a line; of others a file without one, which tells nothing about the function */
export function functionName(name: string, library: string): FunctionName {
  const plain = plainName(name);
  const script = SCRIPT.exec(plain)?.[1] ?? "";
  if (PLACE.test(script)) return { name: plain.slice(0, -script.length).trim() || "(anonymous)", script: scriptName(script) };
  return { name: plain, script: PLACE.test(library) ? scriptName(library) : "" };
}

function scriptName(script: string): string {
  const file = script.replace(PLACE, "");
  return file.slice(file.lastIndexOf("/") + 1);
}
