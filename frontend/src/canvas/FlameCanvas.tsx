// The flame graph's canvas. Takes a tree and a zoom, reports the frame under the pointer or the keyboard
// cursor and the chosen frame. The canvas is as high as its window and stays in it. The content behind it is
// as high as the stacks, so that the browser's own scrolling works.
import { memo, useCallback, useEffect, useEffectEvent, useLayoutEffect, useMemo, useRef, useState } from "react";
import { formatPlural } from "../lib/format";
import { boxOf, openRun } from "../model/flame/layout/flameCursor";
import { boxAt, FlameBoxes, layoutBoxes, type Span } from "../model/flame/layout/flameLayout";
import { deepestOf, nameOf, type FlameTree } from "../model/flame/flameTree";
import type { DrawnLayout, Layout } from "../types/explorer";
import { nodeId, px, ROOT, type NodeId } from "../types/units";
import classes from "./canvas.module.css";
import { Minimap, MINIMAP_FROM } from "./Minimap";
import { levelUnder, paintFlame, ROW_HEIGHT, rowTop, type FlameLook, type FlameWindow } from "./painting/paintFlame";
import { GRAPH_PAINTED, markPresented } from "./presented";
import { useFlameKeys } from "./gestures/useFlameKeys";
import { useFlamePinch } from "./gestures/useFlamePinch";
import { useLongPress } from "./gestures/useLongPress";
import { contextOf, usePixelRatio, useSize } from "./useSize";
import { useZoomMotion } from "./gestures/useZoomMotion";

export interface HoveredFrame {
  readonly node: NodeId;
  /** More than 1 where thin frames share the box. */
  readonly merged: number;
  /** Of the pointer, or of the box where the keyboard chose it, in the browser's window. */
  readonly x: number;
  readonly y: number;
}

interface FlameCanvasProps extends Omit<FlameLook, "layout"> {
  readonly layout: Layout;
  /** All levels in the height of the window. */
  readonly fit?: boolean;
  /** Asks for all levels; undefined where nobody can. */
  readonly onFit?: (() => void) | undefined;
  readonly tree: FlameTree;
  readonly description: string;
  readonly onHover: (hovered: HoveredFrame | undefined) => void;
  readonly onZoom: (node: NodeId) => void;
  /** Zooms by the picture of the whole graph; undefined where there is none. */
  readonly onJump?: ((node: NodeId) => void) | undefined;
  /** A right click, the menu key, or a long press on a frame. */
  readonly onMenu: (node: NodeId, x: number, y: number) => void;
  readonly testId?: string;
}

const CALLERS_SHOWN = 3;

/** The outline of the hovered frame. It is valid for one tree and zoom only. */
interface Marker {
  readonly tree: FlameTree;
  readonly zoom: NodeId;
  readonly left: number;
  readonly top: number;
  readonly width: number;
}

type PointerPlace = Pick<MouseEvent, "offsetX" | "offsetY" | "clientX" | "clientY">;

export const FlameCanvas = memo(function FlameCanvas(props: FlameCanvasProps) {
  const { tree, zoom, colours, shades, scheme, search, run, fit = false, onFit, onHover, onZoom, onJump, onMenu } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(scroller);
  const ratio = usePixelRatio();
  const [marker, setMarker] = useState<Marker>();
  const [boxes] = useState(() => new FlameBoxes());
  const levels = useMemo(() => deepestOf(tree, zoom) + 1, [tree, zoom]);
  const layout = drawnLayout(props.layout, tree, size.height);
  const rowHeight = fit && size.height > 0 ? fittingHeight(levels, size.height) : ROW_HEIGHT;
  const contentHeight = Math.max(levels * rowHeight, size.height);
  const look = useMemo<FlameLook>(
    () => ({ colours, shades, scheme, layout, search, zoom, run }),
    [colours, shades, scheme, layout, search, zoom, run],
  );

  // In a flame graph the scroller counts from its bottom, in negative numbers: see canvas.module.css.
  const scrolled = useRef(0);
  const shown = useCallback(() => {
    scrolled.current = Math.abs(scroller.current?.scrollTop ?? 0);
    return { scrolled: scrolled.current, height: size.height, rowHeight };
  }, [size.height, rowHeight]);
  const [hiddenLevels, setHiddenLevels] = useState(0);
  const countHidden = useCallback(() => {
    const beyond = contentHeight - size.height - Math.abs(scroller.current?.scrollTop ?? 0);
    // Browsers round scrolled distances by up to a pixel.
    setHiddenLevels(size.height > 0 ? Math.ceil(Math.max(beyond - 1, 0) / rowHeight) : 0);
  }, [contentHeight, size.height, rowHeight]);
  useEffect(countHidden, [countHidden]);
  const span = useRef<Span>(undefined);
  const painted = useRef<{ tree: FlameTree; size: typeof size; ratio: number }>(undefined);
  const paint = useCallback(() => {
    // The last known position, within the present content. Reading it here would force a second layout for
    // each graph; a change of it fires an event.
    const view = { scrolled: Math.min(scrolled.current, contentHeight - size.height), height: size.height, rowHeight };
    const rows = [levelUnder(0, layout, view), levelUnder(size.height, layout, view)];
    const [fromLevel, toLevel] = [Math.min(...rows) - 1, Math.max(...rows) + 2];
    const part = { zoom, width: px(size.width), fromLevel, toLevel };
    layoutBoxes(tree, span.current ? { ...part, span: span.current } : part, boxes);
    const context = canvas.current && size.width > 0 && contextOf(canvas.current, size, ratio);
    if (!context) return;
    paintFlame(context, tree, boxes, look, view);
    painted.current = { tree, size, ratio };
    markPresented(GRAPH_PAINTED, { ...tree.range, boxes: boxes.count });
  }, [tree, zoom, layout, size, ratio, boxes, look, contentHeight, rowHeight]);
  const press = useLongPress();
  const boxUnder = (x: number, y: number) => boxAt(boxes, levelUnder(y, layout, shown()), x);
  const pinch = useFlamePinch({ tree, zoom, boxes, boxUnder, onZoom });
  useEffect(() => {
    if (zoom !== ROOT && size.height > 0) showLevel(scroller.current, tree.depth[zoom]!, layout, shown());
  }, [tree, zoom, layout, size.height, shown]);

  /** The place of a resting pointer. undefined while it is elsewhere, and after the keyboard was used. */
  const pointer = useRef<PointerPlace>(undefined);
  /** @param box index into boxes; -1 for none */
  const hoverBox = (box: number, x: number, y: number) => {
    if (box < 0) {
      setMarker(undefined);
      onHover(undefined);
      return;
    }
    const top = rowTop(boxes.level[box]!, layout, shown());
    setMarker({ tree, zoom, left: boxes.x[box]!, top, width: Math.max(boxes.width[box]!, 3) });
    onHover({ node: nodeId(boxes.node[box]!), merged: boxes.merged[box]!, x, y });
  };
  const hoverAt = (place: PointerPlace | undefined) => {
    pointer.current = place;
    if (place) hoverBox(boxUnder(place.offsetX, place.offsetY), place.clientX, place.clientY);
    else hoverBox(-1, 0, 0);
  };
  const leave = () => hoverAt(undefined);
  /** The frame that the keyboard chose during a motion, whose end shows it again. */
  const chosen = useRef<{ readonly tree: FlameTree; readonly node: NodeId; readonly x: number; readonly y: number }>(undefined);
  const hoverAgain = () => {
    const last = chosen.current;
    chosen.current = undefined;
    // Another frame is under the resting pointer now.
    if (last?.tree === tree) hoverBox(boxOf(tree, boxes, last.node), last.x, last.y);
    else hoverAt(pointer.current);
  };
  const paintFrame = () => {
    paint();
    if (!span.current) hoverAgain();
  };
  // This effect runs first: it sets the span of the first picture.
  useZoomMotion({ tree, zoom, span, onFrame: paintFrame });
  const onPaint = useEffectEvent(() => {
    const { current: last } = painted;
    const isShown = last?.tree === tree && last.size === size && last.ratio === ratio;
    // A motion begins with the picture that is there, and paints the next one in a frame.
    if (!span.current || !isShown) paintFrame();
  });
  // A layout effect paints before the browser shows the frame. Another effect would be a frame late.
  useLayoutEffect(() => onPaint(), [paint]);
  const hoverByKey = (box: number, x: number, y: number) => {
    pointer.current = undefined;
    chosen.current = span.current && { tree, node: nodeId(boxes.node[box]!), x, y };
    hoverBox(box, x, y);
  };
  const onKeyDown = useFlameKeys({
    ...{ tree, zoom, layout, boxes, scroller, canvas, shown, paint, onZoom, onMenu },
    hoverBox: hoverByKey,
  });
  const menuAt = ({ offsetX, offsetY, clientX, clientY }: MouseEvent) => {
    const box = boxUnder(offsetX, offsetY);
    if (box < 0) return;
    leave();
    const node = nodeId(boxes.node[box]!);
    const merged = boxes.merged[box]!;
    onMenu(merged === 1 ? node : openRun(tree, zoom, node, merged), clientX, clientY);
  };
  return (
    <div
      ref={scroller}
      className={classes.scroller}
      data-layout={layout}
      onScroll={() => {
        shown();
        countHidden();
        paint();
        hoverAgain();
      }}
    >
      <div className={classes.content} style={{ height: contentHeight }}>
        <div className={classes.window} style={{ height: size.height }}>
          <canvas
            ref={canvas}
            className={classes.flame}
            style={{ width: size.width, height: size.height }}
            tabIndex={0}
            role="application"
            aria-roledescription="flame graph"
            aria-label={props.description}
            aria-describedby="flamegraph-keys"
            data-testid={props.testId ?? "flamegraph"}
            data-samples={tree.samples}
            data-nodes={tree.nodeCount}
            data-levels={levels}
            data-row-height={rowHeight}
            data-fit={fit}
            data-zoom={zoom === ROOT ? "" : nameOf(tree, zoom)}
            data-zoom-samples={tree.total[zoom]}
            data-matched={search?.samples}
            data-layout={layout}
            onPointerMove={(event) => {
              const { offsetX, offsetY, clientX, clientY } = event.nativeEvent;
              if (pinch.moved(event)) return;
              press.cancel(clientX, clientY);
              hoverAt({ offsetX, offsetY, clientX, clientY });
            }}
            onPointerDown={(event) => {
              const { nativeEvent } = event;
              if (pinch.began(event)) press.cancel();
              else if (nativeEvent.pointerType === "touch") press.begin(nativeEvent, () => menuAt(nativeEvent));
            }}
            onPointerUp={(event) => {
              press.cancel();
              pinch.ended(event);
            }}
            onPointerCancel={(event) => {
              press.cancel();
              pinch.ended(event);
            }}
            onContextMenu={(event) => {
              event.preventDefault();
              menuAt(event.nativeEvent);
            }}
            onPointerLeave={leave}
            onBlur={leave}
            onClick={({ nativeEvent: { offsetX, offsetY } }) => {
              const box = boxUnder(offsetX, offsetY);
              if (box < 0 || press.wasLong() || pinch.justWas()) return;
              const node = nodeId(boxes.node[box]!);
              const merged = boxes.merged[box]!;
              // The frame moves away from under the pointer.
              onHover(undefined);
              onZoom(merged === 1 ? node : openRun(tree, zoom, node, merged));
            }}
            onKeyDown={onKeyDown}
          />
          {hiddenLevels > 0 && (
            <div className={classes.more} data-layout={layout} data-testid="more-levels" data-levels={hiddenLevels}>
              {onFit ? (
                <button type="button" onClick={onFit} title="Show all levels in lower rows" data-testid="fit">
                  {`${formatPlural(hiddenLevels, "more level")} · fit`}
                </button>
              ) : (
                <span>{formatPlural(hiddenLevels, "more level")}</span>
              )}
            </div>
          )}
          {onJump && zoom !== ROOT && size.width >= MINIMAP_FROM && <Minimap {...{ tree, colours, shades, scheme, layout, zoom }} onZoom={onJump} />}
          {marker?.tree === tree && marker.zoom === zoom && (
            <div
              className={classes.marker}
              data-testid="frame-outline"
              style={{ left: marker.left, top: marker.top, width: marker.width, height: Math.max(rowHeight - 1, 2) }}
            />
          )}
        </div>
      </div>
    </div>
  );
});

/** "auto" goes by the whole profile, so that it is the same for each range of it. */
function drawnLayout(layout: Layout, tree: FlameTree, height: number): DrawnLayout {
  if (layout !== "auto") return layout;
  return height > 0 && tree.profileLevels * ROW_HEIGHT > height ? "icicle" : "flame";
}

/** Whole pixels where there are enough of them. */
function fittingHeight(levels: number, height: number): number {
  const row = Math.min(height / levels, ROW_HEIGHT);
  return row >= 4 ? Math.floor(row) : Math.max(row, 1);
}

/** Scroll a zoomed frame that is out of view to the root's edge, with a few of its callers. */
function showLevel(scroller: HTMLElement | null, level: number, layout: DrawnLayout, shown: FlameWindow): void {
  const top = rowTop(level, layout, shown);
  if (top >= 0 && top + shown.rowHeight <= shown.height) return;
  const scrolled = Math.max(level - CALLERS_SHOWN, 0) * shown.rowHeight;
  scroller?.scrollTo({ top: layout === "flame" ? -scrolled : scrolled });
}
