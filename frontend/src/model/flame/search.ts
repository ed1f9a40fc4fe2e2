// Searching frames: text anywhere in a frame, in any case, or a regular expression between slashes.
// Plain text is literal because names are full of * ^ + ( ): "JS:*hash" must find JS:*hash. What is
// searched is the text that the server's patterns see, " name (library)". Matching is once per
// distinct frame; a sample counts once however many of its frames match.
import type { FlameTree } from "./flameTree";
import { escaped, expressionOf } from "../patterns";

export interface SearchResult {
  /** 1 for frames that match. */
  readonly frames: Uint8Array;
  /** Distinct frames that match. */
  readonly frameCount: number;
  /** Samples with a matching frame in their stack. */
  readonly samples: number;
}

export function searchTree(tree: FlameTree, query: string): SearchResult | undefined {
  const pattern = compileSearch(query);
  if (!pattern) return undefined;
  const frames = Uint8Array.from(tree.names, (_, frame) => (pattern.test(frameText(tree, frame)) ? 1 : 0));
  const frameCount = frames.reduce((sum, match) => sum + match, 0);
  return { frames, frameCount, samples: frameCount > 0 ? matchedSamples(tree, frames) : 0 };
}

/** undefined for an empty query, and for an expression that is not finished yet. */
function compileSearch(query: string): RegExp | undefined {
  if (query.trim() === "") return undefined;
  const source = expressionOf(query) ?? escaped(query);
  try {
    return new RegExp(source, "i");
  } catch {
    return undefined;
  }
}

function frameText(tree: FlameTree, frame: number): string {
  const library = tree.libraries[frame] ?? "";
  return library === "" ? ` ${tree.names[frame] ?? ""}` : ` ${tree.names[frame] ?? ""} (${library})`;
}

/** Totals of the topmost matching nodes. They are of whole subtrees, so nodes below are skipped. */
function matchedSamples(tree: FlameTree, frames: Uint8Array): number {
  let samples = 0;
  let node = 1;
  while (node < tree.nodeCount) {
    if (frames[tree.frame[node]!] === 1) {
      samples += tree.total[node]!;
      node = tree.end[node]!;
    } else {
      node += 1;
    }
  }
  return samples;
}
