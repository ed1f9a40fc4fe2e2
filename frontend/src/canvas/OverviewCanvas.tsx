// The strip above a long heatmap: all of the profile, with the window that the heatmap
// shows. Dragging moves the window, its edges change its length; arrow keys and +/− do the same.
import { useEffect, useMemo, useRef, type KeyboardEvent, type PointerEvent } from "react";
import type { Heatmap } from "../model/heatmap/heatmap";
import { draggedWindow, edgeUnder, stripBars, type StripEdge } from "../model/heatmap/overview";
import { pannedWindow, zoomedWindow, type Span } from "../model/heatmap/heatmapView";
import { selectionInk } from "../model/heatmap/colours/palette";
import { css } from "../lib/colour";
import { formatClock } from "../lib/format";
import type { TimeRange } from "../types/explorer";
import type { Scheme } from "../types/scheme";
import { INK } from "./painting/ink";
import classes from "./canvas.module.css";
import { contextOf, usePixelRatio, useSize } from "./useSize";

interface OverviewCanvasProps {
  readonly heatmap: Heatmap;
  readonly window: TimeRange | undefined;
  readonly selection: TimeRange | undefined;
  readonly scheme: Scheme;
  /** CSS pixels left of the plot below. */
  readonly left: number;
  readonly onWindow: (window: TimeRange | undefined) => void;
  readonly testId?: string;
}

const HEIGHT = 34;

export function OverviewCanvas({ heatmap, window, selection, scheme, left, onWindow, testId }: OverviewCanvasProps) {
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const drag = useRef<{ readonly edge: StripEdge; readonly at: number; readonly window: Span }>(undefined);
  const { width } = useSize(frame);
  const ratio = usePixelRatio();
  const { seconds } = heatmap;
  const bars = useMemo(() => stripBars(heatmap, Math.max(Math.floor(width), 1)), [heatmap, width]);
  const view: Span = {
    from: window ? Math.floor(window.start) : 0,
    seconds: window ? Math.ceil(window.end) - Math.floor(window.start) : seconds,
  };
  useEffect(() => {
    const context = canvas.current && width > 0 && contextOf(canvas.current, { width, height: HEIGHT }, ratio);
    if (context) paintStrip(context, bars, seconds, width, window, selection, scheme);
  }, [bars, seconds, width, ratio, window, selection, scheme]);

  const secondAt = (event: PointerEvent) => (event.nativeEvent.offsetX / Math.max(width, 1)) * seconds;
  const onKeyDown = (event: KeyboardEvent) => {
    const middle = view.from + view.seconds / 2;
    const moves: Readonly<Record<string, () => TimeRange | undefined>> = {
      ArrowLeft: () => pannedWindow(view, seconds, -Math.max(view.seconds / 4, 1)),
      ArrowRight: () => pannedWindow(view, seconds, Math.max(view.seconds / 4, 1)),
      "+": () => zoomedWindow(view, seconds, middle, 0.5),
      "=": () => zoomedWindow(view, seconds, middle, 0.5),
      "-": () => zoomedWindow(view, seconds, middle, 2),
      Home: () => pannedWindow(view, seconds, -seconds),
      End: () => pannedWindow(view, seconds, seconds),
      Escape: () => undefined,
    };
    const move = moves[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    onWindow(move());
  };
  return (
    <div ref={frame} className={classes.overview} style={{ height: HEIGHT, marginLeft: left }}>
      <canvas
        ref={canvas}
        style={{ width, height: HEIGHT }}
        tabIndex={0}
        role="slider"
        aria-orientation="horizontal"
        aria-label="Part of the profile that the heatmap shows; arrow keys move it, plus and minus change its length"
        aria-valuemin={0}
        aria-valuemax={seconds}
        aria-valuenow={view.from}
        aria-valuetext={`from ${formatClock(view.from)} to ${formatClock(view.from + view.seconds)}`}
        data-testid={testId ?? "overview"}
        data-from={view.from}
        data-to={view.from + view.seconds}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          const at = secondAt(event);
          const reach = (7 / Math.max(width, 1)) * seconds;
          drag.current = { edge: edgeUnder(view, seconds, at, reach), at, window: view };
        }}
        onPointerMove={(event) => {
          const started = drag.current;
          if (started) onWindow(draggedWindow(started.window, seconds, started.edge, started.at, secondAt(event)));
        }}
        onPointerUp={() => (drag.current = undefined)}
        onPointerCancel={() => (drag.current = undefined)}
      />
    </div>
  );
}

function paintStrip(
  context: CanvasRenderingContext2D,
  bars: Float64Array,
  seconds: number,
  width: number,
  window: TimeRange | undefined,
  selection: TimeRange | undefined,
  scheme: Scheme,
): void {
  const x = (second: number) => (second / Math.max(seconds, 1)) * width;
  context.fillStyle = INK[scheme].dim;
  bars.forEach((share, at) => context.fillRect(at, HEIGHT - 1 - share * (HEIGHT - 6), 1, share * (HEIGHT - 6)));
  const { outline, second, paper } = selectionInk(scheme);
  if (selection) {
    context.fillStyle = css(second);
    context.fillRect(x(selection.start), 0, Math.max(x(selection.end) - x(selection.start), 2), 3);
  }
  if (!window) return;
  const [left, right] = [x(window.start), x(window.end)];
  context.fillStyle = `rgba(${paper.join(", ")}, 0.66)`;
  context.fillRect(0, 3, left, HEIGHT);
  context.fillRect(right, 3, width - right, HEIGHT);
  context.strokeStyle = css(outline);
  context.lineWidth = 1.5;
  context.strokeRect(left + 1, 1, Math.max(right - left - 2, 2), HEIGHT - 2);
}
