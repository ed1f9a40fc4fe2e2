// Which of V8's compilers produced a frame, read from the prefix that V8 writes into perf's map.
// Before V8 10:  LazyCompile:*f  optimised    LazyCompile:~f  interpreted    InterpretedFunction:f
// Since V8 10:   JS:*f TurboFan  JS:+f Maglev  JS:^f Sparkplug  JS:~f interpreted
// Without a sign the tier is unknown: Function:f, Script:f, Eval:f, and names that a filter rewrote.

const TIERS = ["optimised", "maglev", "baseline", "interpreted", "unknown", "builtin", "native"] as const;
export type Tier = (typeof TIERS)[number];

const PREFIX = /^\s*(?:JS|LazyCompile|Function|Script|Eval|RegExp):([*+^~]?)'?/;
const BUILTIN = /^\s*(?:Builtins?[_:]|BytecodeHandler:|Stub:|LoadIC:|LoadPolymorphicIC:)/;
const SIGNS: Readonly<Record<string, Tier>> = {
  "*": "optimised",
  "+": "maglev",
  "^": "baseline",
  "~": "interpreted",
};

export function tierOf(name: string, kind: string): Tier {
  if (/^\s*InterpretedFunction:/.test(name)) return "interpreted";
  const prefix = PREFIX.exec(name);
  if (prefix) return SIGNS[prefix[1] ?? ""] ?? "unknown";
  if (BUILTIN.test(name)) return "builtin";
  return kind === "jit" ? "unknown" : "native";
}
