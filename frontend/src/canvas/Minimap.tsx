// The whole flame graph, small, while a part of it is shown: that part is framed, and a click zooms elsewhere. It is
// painted after the graph itself, so that no drag waits for it.
import { useEffect, useMemo, useRef, useState } from "react";
import { openRun } from "../model/flame/layout/flameCursor";
import { boxAt, FlameBoxes, layoutBoxes } from "../model/flame/layout/flameLayout";
import { deepestOf, type FlameTree } from "../model/flame/flameTree";
import { nodeId, px, ROOT, type NodeId } from "../types/units";
import classes from "./canvas.module.css";
import { levelUnder, paintFlame, rowTop, type FlameLook } from "./painting/paintFlame";
import { contextOf, usePixelRatio } from "./useSize";

const WIDTH = 176;
const HEIGHT = 64;
const ROW = 4;
/** Narrower graphs have no room for it. */
export const MINIMAP_FROM = 4 * WIDTH;
const NARROWEST_PART = 4;

interface MinimapProps extends Pick<FlameLook, "colours" | "shades" | "scheme" | "layout" | "zoom"> {
  readonly tree: FlameTree;
  readonly onZoom: (node: NodeId) => void;
}

export function Minimap({ tree, colours, shades, scheme, layout, zoom, onZoom }: MinimapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const ratio = usePixelRatio();
  const [boxes] = useState(() => new FlameBoxes());
  const levels = useMemo(() => deepestOf(tree, ROOT) + 1, [tree]);
  const rowHeight = Math.min(HEIGHT / levels, ROW);
  const height = Math.ceil(levels * rowHeight);
  const shown = { scrolled: 0, height, rowHeight };
  useEffect(() => {
    const context = canvas.current && contextOf(canvas.current, { width: WIDTH, height }, ratio);
    if (!context) return;
    layoutBoxes(tree, { zoom: ROOT, width: px(WIDTH), fromLevel: 0, toLevel: levels }, boxes);
    paintFlame(context, tree, boxes, { colours, shades, scheme, layout, search: undefined, zoom: ROOT }, { scrolled: 0, height, rowHeight });
  }, [tree, colours, shades, scheme, layout, levels, height, rowHeight, ratio, boxes]);
  const whole = Math.max(tree.total[ROOT]!, 1);
  const width = Math.max((tree.total[zoom]! / whole) * WIDTH, NARROWEST_PART);
  const left = Math.min(((tree.left[zoom]! - tree.left[ROOT]!) / whole) * WIDTH, WIDTH - width);
  const [first, last] = [tree.depth[zoom]!, deepestOf(tree, zoom)].map((level) => rowTop(level, layout, shown));
  const top = Math.min(first!, last!);
  return (
    <div className={classes.minimap} data-layout={layout} data-testid="minimap">
      <canvas
        ref={canvas}
        style={{ width: WIDTH, height }}
        role="img"
        aria-label={`The whole graph: ${((100 * tree.total[zoom]!) / whole).toFixed(1)} % of it is shown`}
        title="The whole graph: click to zoom elsewhere"
        onClick={({ nativeEvent: { offsetX, offsetY } }) => {
          const box = boxAt(boxes, levelUnder(offsetY, layout, shown), offsetX);
          if (box < 0) return;
          const [node, merged] = [nodeId(boxes.node[box]!), boxes.merged[box]!];
          onZoom(merged === 1 ? node : openRun(tree, ROOT, node, merged));
        }}
        data-testid="minimap-canvas"
        data-levels={levels}
      />
      <div className={classes.part} style={{ left, top, width, height: Math.abs(last! - first!) + rowHeight }} data-testid="minimap-part" />
    </div>
  );
}
