// Flavours that would change the drawing of the shown frames, for a menu without entries that do nothing.
import type { Flavor } from "../../../types/explorer";

interface Frames {
  readonly name: readonly string[];
  readonly library: readonly string[];
  readonly kind: readonly string[];
}

/** JS:*hash /srv/app/server.js:3:6 */
const COMPILED = /^(?:LazyCompile|InterpretedFunction|Function|JS|Script|Eval):/;
/** /srv/app/server.js:3 · node:events:464 */
const SCRIPT = /^node:|\.[cm]?[jt]sx?(?::\d+){0,2}$/;
/** java/lang/String::hashCode · java.lang.String.hashCode() */
const JAVA = /^[\w$]+\/[\w$/]+|(?:[\w$]+\.){2,}[\w$<>]+\(/;
const COMPILED_KINDS: ReadonlySet<string> = new Set(["jit", "inlined", "interpreted", "c1"]);

/** Return the flavours besides the standard one. */
export function usefulFlavours({ name, library, kind }: Frames): Flavor[] {
  const compiled = name.some((one) => COMPILED.test(one));
  const packages = compiled || library.some((one) => SCRIPT.test(one));
  const java = name.some((one, frame) => COMPILED_KINDS.has(kind[frame] ?? "") && JAVA.test(one) && !COMPILED.test(one));
  return [
    ...(compiled ? ["nodejs" as const] : []),
    ...(packages ? ["nodejs-packages" as const] : []),
    ...(java ? ["java-packages" as const] : []),
  ];
}
