// Frame filters that would change something in the shown frames. A control that does nothing is left out.
import type { NamedFilter } from "../../../types/wire";

interface Frames {
  readonly name: readonly string[];
  readonly library: readonly string[];
}

/** Patterns are of RE2 and match " symbol (library)". One that this browser cannot compile counts as useful. */
export function changesFrames({ drop, rewrite }: Pick<NamedFilter, "drop" | "rewrite">, { name, library }: Frames): boolean {
  try {
    const dropped = drop.map((pattern) => new RegExp(pattern));
    const rewritten = rewrite.map(({ pattern }) => new RegExp(pattern));
    return name.some((symbol, frame) => {
      const text = ` ${symbol} (${library[frame] ?? ""})`;
      return dropped.some((pattern) => pattern.test(text)) || rewritten.some((pattern) => pattern.test(` ${symbol}`));
    });
  } catch {
    return true;
  }
}
