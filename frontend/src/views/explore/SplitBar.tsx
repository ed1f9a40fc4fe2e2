// The edge between heatmap and graph. A drag or keys move it. While the heatmaps are hidden, it shows the
// selection in words.
import { Button } from "@mantine/core";
import { useRef, type KeyboardEvent, type PointerEvent } from "react";
import { draggedHeight, HIDDEN, HIGHEST, keyedHeight } from "../../model/heatmap/plotHeight";
import classes from "./split.module.css";

interface SplitBarProps {
  /** Of the plot of each heatmap, in CSS pixels; HIDDEN for none. */
  readonly height: number;
  readonly heatmaps: number;
  /** null: the usual height. */
  readonly onHeight: (height: number | null) => void;
  /** The selection in words. */
  readonly selected: string;
}

export function SplitBar({ height, heatmaps, onHeight, selected }: SplitBarProps) {
  const grip = useRef<{ readonly y: number; readonly height: number }>(undefined);
  const hidden = height === HIDDEN;
  const name = heatmaps > 1 ? "heatmaps" : "heatmap";
  const press = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    grip.current = { y: event.clientY, height };
  };
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    if (!grip.current) return;
    const next = draggedHeight(grip.current.height, event.clientY - grip.current.y, heatmaps);
    if (next !== height) onHeight(next);
  };
  const release = () => (grip.current = undefined);
  const key = (event: KeyboardEvent<HTMLDivElement>) => {
    const next = keyedHeight(height, event.key, heatmaps);
    if (next === undefined) return;
    event.preventDefault();
    onHeight(next);
  };
  return (
    <>
      {hidden && (
        <div className={classes.hidden} data-testid="heatmap-hidden">
          <Button onClick={() => onHeight(null)} data-testid="show-heatmap">{`Show the ${name}`}</Button>
          <span>
            <bdi>{selected}</bdi>
          </span>
        </div>
      )}
      <div
        className={classes.edge}
        role="separator"
        tabIndex={0}
        aria-orientation="horizontal"
        aria-label={`Height of the ${name}`}
        aria-valuemin={HIDDEN}
        aria-valuemax={HIGHEST}
        aria-valuenow={height}
        aria-valuetext={hidden ? "hidden" : `${height} pixels`}
        title={`Drag to resize · Enter hides or shows the ${name} · double-click resets`}
        data-testid="split-bar"
        data-height={height}
        onPointerDown={press}
        onPointerMove={drag}
        onPointerUp={release}
        onPointerCancel={release}
        onDoubleClick={() => onHeight(null)}
        onKeyDown={key}
      >
        <span aria-hidden />
      </div>
    </>
  );
}
