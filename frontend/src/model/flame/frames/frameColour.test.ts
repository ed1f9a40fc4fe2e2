import { describe, expect, it } from "vitest";
import { contrast, hex, type Rgb } from "../../../lib/colour";
import { COLOUR_MODES } from "../../../types/explorer";
import { buildFlameTree } from "../flameTree";
import { colourLegend, colourMode, FRAME_INK, frameColours, MATCH_COLOUR } from "./frameColour";
import { tierOf } from "./javascriptTier";
import { answerOf } from "../treeFixture";

const names = Array.from({ length: 300 }, (_, index) => `  f${index} [lib${index}.so] 1`).join("\n");
const TREE = buildFlameTree(answerOf(`node 0\n${names}\n  sys_read [kernel] 1`));

const rgb = (text: string) => text.match(/\d+/g)!.map(Number) as unknown as Rgb;

describe("frame colours", () => {
  it.each(["light", "dark"] as const)("keep text readable in the %s scheme", (scheme) => {
    for (const mode of COLOUR_MODES) {
      for (const colour of frameColours(TREE, mode, scheme)) {
        expect(contrast(rgb(colour), hex(FRAME_INK[scheme]))).toBeGreaterThan(4.5);
      }
    }
    expect(contrast(MATCH_COLOUR[scheme], hex(FRAME_INK[scheme]))).toBeGreaterThan(4.5);
  });

  it("are the same at each visit", () => {
    expect(frameColours(TREE, "library", "light")).toEqual(frameColours(TREE, "library", "light"));
  });

  it("are of the file, where libraries name lines of it", () => {
    const lines = buildFlameTree(answerOf("a 0\n  f [/srv/busy.js:2] 1\n  g [/srv/busy.js:18:4] 1\n  h [/srv/idle.js:139] 1"));
    expect(colourMode(lines, "auto")).toBe("kind");
    const libraries = lines.libraries.map((library) => library.replace(/[[\]]/g, ""));
    const kindless = { ...lines, libraries, kinds: lines.kinds.map(() => "") };
    expect(colourMode(kindless, "auto")).toBe("library");
    expect(colourLegend(kindless, "auto", "light").map(({ label }) => label)).toEqual(["busy.js", "idle.js"]);
  });

  it("are by name where a profile has neither kinds nor several libraries", () => {
    const tree = buildFlameTree(answerOf("a 0\n  f 1"));
    expect(colourMode({ ...tree, kinds: tree.kinds.map(() => "") }, "auto")).toBe("name");
  });

  it("bring out own code where a profile has other code too", () => {
    const tree = buildFlameTree(answerOf("node 0\n  work [/srv/work] 1\n    v8::internal::Call [/srv/node] 1\n      sys_read [kernel] 1"));
    expect(colourMode(tree, "auto")).toBe("origin");
    expect(colourLegend(tree, "auto", "light").map(({ label }) => label)).toEqual(["your code", "runtime", "kernel"]);
    const chroma = (name: string) => {
      const channels = rgb(frameColours(tree, "origin", "light")[tree.names.indexOf(name)]!);
      return Math.max(...channels) - Math.min(...channels);
    };
    expect(chroma("work")).toBeGreaterThan(2 * chroma("sys_read"));
    expect(chroma("sys_read")).toBeGreaterThan(2 * chroma("v8::internal::Call"));
  });

  it("explain what occurs, and nothing else", () => {
    expect(colourLegend(TREE, "kind", "light").map((entry) => entry.label)).toEqual([
      "user",
      "kernel",
      "process, thread",
    ]);
    expect(colourLegend(TREE, "name", "light")).toEqual([]);
    const libraries = buildFlameTree(answerOf("a 0\n  f [/usr/lib/few.so] 1\n  g [/usr/lib/many.so] 5"));
    expect(colourLegend(libraries, "library", "dark").map((entry) => entry.label)).toEqual(["many.so]", "few.so]"]);
  });
});

describe("JavaScript tiers", () => {
  it.each([
    ["JS:*hash /srv/app/server.js:3:6", "jit", "optimised"],
    ["LazyCompile:*hash /srv/app/server.js:3:6", "jit", "optimised"],
    ["JS:+hash", "jit", "maglev"],
    ["JS:^hash", "jit", "baseline"],
    ["JS:~hash", "jit", "interpreted"],
    ["LazyCompile:~hash", "jit", "interpreted"],
    ["InterpretedFunction:hash", "jit", "interpreted"],
    ["JS:+'hash /srv/app/server.js:3:6", "jit", "maglev"],
    ["JS:*'hash", "jit", "optimised"],
    ["Function:hash", "jit", "unknown"],
    [" hash /srv/app/server.js:3:6", "jit", "unknown"],
    ["Builtins_ArrayMap", "user", "builtin"],
    ["BytecodeHandler:LdaNull", "jit", "builtin"],
    ["node::Start", "user", "native"],
    ["node", "", "native"],
  ])("%s (%s) is %s", (name, kind, tier) => {
    expect(tierOf(name, kind)).toBe(tier);
  });
});
