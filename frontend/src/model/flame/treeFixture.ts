// Trees written as pictures, for tests: one node a line, two blanks a level, "name self", or
// "name [library] self"; and the same picture back from a tree.
import { nameOf, type FlameTree } from "./flameTree";
import { nodeId } from "../../types/units";
import type { FlameGraphAnswer } from "../../types/wire";

interface Line {
  readonly depth: number;
  readonly name: string;
  readonly library: string;
  readonly self: number;
}

/** The server's answer for the picture, with a root above it. */
export function answerOf(picture: string, more: Partial<FlameGraphAnswer> = {}): FlameGraphAnswer {
  const lines = [{ depth: 0, name: "root", library: "", self: 0 }, ...parse(picture)];
  const texts = [...new Set(lines.map(({ name, library }) => JSON.stringify([name, library])))];
  const pairs = texts.map((text) => JSON.parse(text) as [string, string]);
  const total = lines.map((line, index) => {
    let sum = line.self;
    for (let below = index + 1; below < lines.length && lines[below]!.depth > line.depth; below += 1) {
      sum += lines[below]!.self;
    }
    return sum;
  });
  return {
    frames: {
      name: pairs.map(([name]) => name),
      library: pairs.map(([, library]) => library),
      kind: pairs.map(([, library]) => (library === "[kernel]" ? "kernel" : library === "" ? "" : "user")),
    },
    nodes: {
      frame: lines.map(({ name, library }) => texts.indexOf(JSON.stringify([name, library]))),
      depth: lines.map((line) => line.depth),
      self: lines.map((line) => line.self),
      total,
    },
    samples: total[0]!,
    profileSamples: total[0]!,
    profileLevels: 1 + Math.max(...lines.map(({ depth }) => depth)),
    start: 0,
    end: 10,
    unit: "samples",
    ...more,
  };
}

export function pictureOf(tree: FlameTree): string {
  const lines: string[] = [];
  for (let at = 1; at < tree.nodeCount; at += 1) {
    const indent = "  ".repeat(tree.depth[at]! - 1);
    lines.push(`${indent}${nameOf(tree, nodeId(at))} ${tree.left[at]}+${tree.total[at]}`);
  }
  return lines.join("\n");
}

function parse(picture: string): Line[] {
  const lines = picture.split("\n").filter((line) => line.trim() !== "");
  const margin = Math.min(...lines.map((line) => line.length - line.trimStart().length));
  return lines.map((line) => {
    const text = line.slice(margin);
    const depth = 1 + (text.length - text.trimStart().length) / 2;
    const match = /^(.*?)(?: \[(.*)\])? (\d+)$/.exec(text.trim());
    if (!match) throw new Error(`not a line of a tree: ${line}`);
    return { depth, name: match[1]!, library: match[2] ? `[${match[2]}]` : "", self: Number(match[3]) };
  });
}
