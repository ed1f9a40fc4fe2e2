// The named filter for profiles with the internals of V8. It knows the names of all versions.

/** C++ and generated code of V8, which stand between JavaScript functions. */
const INTERNALS = /^(?:v8::|Builtins_|Builtin:|Stub:|BytecodeHandler:)/;

export const V8_FILTER = "node-v8";

/** Return the name of the filter, or undefined for a profile without V8 internals. */
export function v8Filter(names: readonly string[]): string | undefined {
  return names.some((name) => INTERNALS.test(name)) ? V8_FILTER : undefined;
}
