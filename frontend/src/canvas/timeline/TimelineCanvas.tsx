// The canvas of a stack chart: time to the right, one block of rows a thread. As the flame graph's, it is as high as its
// window, and the content behind it is as high as all threads.
import { memo, useCallback, useEffect, useEffectEvent, useLayoutEffect, useRef, useState, type PointerEvent } from "react";
import { boxOf } from "../../model/flame/layout/flameCursor";
import { boxAt, FlameBoxes, layoutBoxes, type Span } from "../../model/flame/layout/flameLayout";
import { levelCount } from "../../model/flame/flameTree";
import type { SearchResult } from "../../model/flame/search";
import type { Timeline } from "../../model/timeline/timelineTree";
import type { Scheme } from "../../types/scheme";
import { nodeId, px, ROOT, type NodeId } from "../../types/units";
import { levelUnder, ROW_HEIGHT, rowTop } from "../painting/paintFlame";
import { markPresented, TIME_ORDER_PAINTED } from "../presented";
import { contextOf, usePixelRatio, useSize } from "../useSize";
import { AXIS_HEIGHT, paintAxis, paintTimeline } from "./paintTimeline";
import { useTimelineGesture } from "./useTimelineGesture";
import { useTimelineKeys } from "./useTimelineKeys";
import { useTimeWindow } from "./useTimeWindow";
import classes from "./timeline.module.css";

const TALLEST_ROW = 30;

export interface HoveredSpan {
  readonly node: NodeId;
  /** More than 1 where thin spans share the box. */
  readonly merged: number;
  readonly x: number;
  readonly y: number;
}

interface TimelineCanvasProps {
  readonly timeline: Timeline;
  readonly colours: readonly string[];
  readonly scheme: Scheme;
  readonly search: SearchResult | undefined;
  /** The part that is shown, in microseconds; undefined: all. */
  readonly shown: Span | undefined;
  readonly onShown: (span: Span | undefined) => void;
  readonly description: string;
  readonly onHover: (hovered: HoveredSpan | undefined) => void;
  readonly onMenu: (node: NodeId, x: number, y: number) => void;
}

export const TimelineCanvas = memo(function TimelineCanvas(props: TimelineCanvasProps) {
  const { timeline, colours, scheme, search, onHover, onMenu } = props;
  const { tree } = timeline;
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const axis = useRef<HTMLCanvasElement>(null);
  const chosen = useRef<HTMLDivElement>(null);
  const size = useSize(scroller);
  const ratio = usePixelRatio();
  const [boxes] = useState(() => new FlameBoxes());
  const whole = tree.total[ROOT]!;
  // Without the row of the root. Few rows take the room of more.
  const rows = Math.max(levelCount(tree) - 1, 1);
  const rowHeight = Math.max(ROW_HEIGHT, Math.min(TALLEST_ROW, Math.floor(size.height / rows)));
  const contentHeight = Math.max(rows * rowHeight, size.height);
  const view = useCallback(
    () => ({ scrolled: Math.min(scroller.current?.scrollTop ?? 0, contentHeight - size.height) + rowHeight, height: size.height, rowHeight }),
    [contentHeight, rowHeight, size.height],
  );
  const paint = () => {
    const now = view();
    const [fromLevel, toLevel] = [Math.max(levelUnder(0, "icicle", now), 1), levelUnder(size.height, "icicle", now) + 1];
    layoutBoxes(tree, { zoom: ROOT, width: px(size.width), span: span.current, fromLevel, toLevel }, boxes);
    const context = canvas.current && size.width > 0 && contextOf(canvas.current, size, ratio);
    const above = axis.current && size.width > 0 && contextOf(axis.current, { width: size.width, height: AXIS_HEIGHT }, ratio);
    if (!context || !above) return;
    const look = { colours, shades: undefined, scheme, layout: "icicle" as const, search, zoom: ROOT };
    paintTimeline(context, { timeline, boxes, look, shown: now, span: span.current, width: size.width });
    paintAxis(above, { start: tree.range.start, span: span.current, width: size.width, scheme });
    const { from, samples } = span.current;
    Object.assign(canvas.current!.dataset, { from: String(Math.round(from)), length: String(Math.round(samples)) });
    markPresented(TIME_ORDER_PAINTED, { ...tree.range, from, boxes: boxes.count });
  };
  const { span, show } = useTimeWindow({ whole, shown: props.shown, onFrame: paint, onRest: props.onShown });
  const onPaint = useEffectEvent(paint);
  useLayoutEffect(() => onPaint(), [timeline, colours, scheme, search, size, ratio]);
  useEffect(() => () => onHover(undefined), [timeline, onHover]);

  const boxUnder = (x: number, y: number) => boxAt(boxes, levelUnder(y, "icicle", view()), x);
  const hoverBox = (box: number, x: number, y: number) =>
    onHover(box < 0 ? undefined : { node: nodeId(boxes.node[box]!), merged: boxes.merged[box]!, x, y });
  const choose = (node: NodeId) => show({ from: tree.left[node]!, samples: tree.total[node]! }, true);
  const chooseBox = (box: number) => {
    const [first, merged] = [boxes.node[box]!, boxes.merged[box]!];
    if (merged === 1) choose(nodeId(first));
    // Spans too thin to see: the time that they fill, with some room around.
    else show({ from: span.current.from + (boxes.x[box]! / size.width) * span.current.samples, samples: (Math.max(boxes.width[box]!, 1) / size.width) * span.current.samples }, true);
  };
  const placeOf = (node: NodeId) => {
    const box = boxOf(tree, boxes, node);
    if (!canvas.current || box < 0) return undefined;
    const { left, top } = canvas.current.getBoundingClientRect();
    const x = left + Math.max(boxes.x[box]!, 0) + Math.min(boxes.width[box]! / 2, 40);
    return { box, x, y: top + rowTop(tree.depth[node]!, "icicle", view()) + rowHeight };
  };
  const point = (node: NodeId) => {
    const top = rowTop(tree.depth[node]!, "icicle", view());
    if (top < 0) scroller.current?.scrollBy({ top });
    else if (top + rowHeight > size.height) scroller.current?.scrollBy({ top: top + rowHeight - size.height });
    // Behind the events of the scroll, which hide what is shown.
    requestAnimationFrame(() => requestAnimationFrame(() => {
      paint();
      const place = placeOf(node);
      if (place) hoverBox(place.box, place.x, place.y);
    }));
  };
  // Not rendered with each move.
  const onRange = (range: readonly [number, number] | undefined) => {
    const { style } = chosen.current!;
    const [left, right] = range ? [Math.min(...range), Math.max(...range)] : [0, 0];
    Object.assign(style, { display: range ? "block" : "none", left: `${left}px`, width: `${right - left}px` });
  };
  const gesture = useTimelineGesture({ canvas, scroller, whole, width: size.width, span, show, onRange });
  const onKeyDown = useTimelineKeys({
    ...{ timeline, boxes, span, show, point },
    onChoose: choose,
    onMenu: (node) => {
      const place = placeOf(node);
      if (place) onMenu(node, place.x, place.y);
    },
  });
  return (
    <div className={classes.chart}>
      <canvas
        ref={axis}
        className={classes.axis}
        style={{ width: size.width, height: AXIS_HEIGHT }}
        aria-hidden
        data-testid="timeline-axis"
        onPointerDown={(event) => gesture.began(event, true)}
        onPointerMove={(event) => void gesture.moved(event)}
        onPointerUp={(event) => void gesture.ended(event)}
        onPointerCancel={(event) => void gesture.ended(event)}
      />
      <div ref={chosen} className={classes.chosen} data-testid="timeline-chosen" aria-hidden />
      <div
        ref={scroller}
        className={classes.scroller}
        onScroll={() => {
          onHover(undefined);
          paint();
        }}
      >
        <div style={{ height: contentHeight }}>
          <div className={classes.window} style={{ height: size.height }}>
            <canvas
              ref={canvas}
              className={classes.canvas}
              style={{ width: size.width, height: size.height }}
              tabIndex={0}
              role="application"
              aria-roledescription="stack chart"
              aria-label={props.description}
              aria-describedby="timeline-keys"
              data-testid="timeline"
              data-samples={timeline.samples}
              data-spans={tree.nodeCount - 1}
              data-threads={timeline.threads.length}
              data-row-height={rowHeight}
              data-whole={whole}
              data-matched={search?.frameCount}
              onPointerDown={gesture.began}
              onPointerMove={(event: PointerEvent) => {
                if (gesture.moved(event)) return onHover(undefined);
                const { offsetX, offsetY, clientX, clientY } = event.nativeEvent;
                hoverBox(boxUnder(offsetX, offsetY), clientX, clientY);
              }}
              onPointerUp={(event) => {
                const { offsetX, offsetY, button } = event.nativeEvent;
                const box = boxUnder(offsetX, offsetY);
                if (gesture.ended(event) || button !== 0 || box < 0) return;
                onHover(undefined);
                chooseBox(box);
              }}
              onPointerCancel={(event) => void gesture.ended(event)}
              onPointerLeave={() => onHover(undefined)}
              onBlur={() => onHover(undefined)}
              onContextMenu={(event) => {
                event.preventDefault();
                const { offsetX, offsetY, clientX, clientY } = event.nativeEvent;
                const box = boxUnder(offsetX, offsetY);
                if (box >= 0) onMenu(nodeId(boxes.node[box]!), clientX, clientY);
              }}
              onKeyDown={onKeyDown}
            />
          </div>
        </div>
      </div>
    </div>
  );
});
