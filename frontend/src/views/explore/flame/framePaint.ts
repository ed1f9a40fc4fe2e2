// Colours of frames by what the user asks to see; in a comparison, by the difference.
import { differenceShades, differenceTable } from "../../../model/flame/frames/differenceColour";
import type { FlameTree } from "../../../model/flame/flameTree";
import { frameColours } from "../../../model/flame/frames/frameColour";
import type { ExplorerState } from "../../../types/explorer";
import type { Scheme } from "../../../types/scheme";

type PaintState = Pick<ExplorerState, "colour" | "differencePalette">;

export function framePaint(tree: FlameTree, { colour, differencePalette }: PaintState, scheme: Scheme) {
  return tree.delta
    ? { colours: differenceTable(differencePalette, scheme), shades: differenceShades(tree) }
    : { colours: frameColours(tree, colour, scheme), shades: undefined };
}
