// The named filter that fits the V8 names of a profile. V8 10 (Node 18) changed the names of compiled functions.

/** C++ and generated code of V8, which stand between JavaScript functions. */
const INTERNALS = /^(?:v8::|Builtins_|Builtin:|Stub:|BytecodeHandler:)/;
/** JS:*f of V8 10.7 and newer, Function:^f and LazyCompile:^f of the Sparkplug compiler before it. */
const NEW_NAMES = /^(?:JS:|(?:Function|LazyCompile):[\^+])/;
const OLD_NAMES = /^LazyCompile:[*~]/;

export const V8_FILTERS = { old: "node", new: "node-v8" } as const;

/** Return the name of the filter, or undefined for a profile without V8 internals. */
export function v8Filter(names: readonly string[]): string | undefined {
  if (!names.some((name) => INTERNALS.test(name))) return undefined;
  const isOld = names.some((name) => OLD_NAMES.test(name)) && !names.some((name) => NEW_NAMES.test(name));
  return isOld ? V8_FILTERS.old : V8_FILTERS.new;
}
