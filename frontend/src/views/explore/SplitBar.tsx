// The edge between heatmap and graph. A drag or keys move it. While the heatmaps are hidden, it shows the
// selection in words.
import { Button } from "@mantine/core";
import type { KeyboardEvent, PointerEvent } from "react";
import { draggedHeight, HIDDEN, HIGHEST, keyedHeight } from "../../model/heatmap/layout/plotHeight";
import classes from "./split.module.css";

interface SplitBarProps {
  /** Of the plot of each heatmap, in CSS pixels; HIDDEN for none. */
  readonly height: number;
  readonly heatmaps: number;
  /** Without a choice. */
  readonly usual: number;
  /** null: the usual height. */
  readonly onHeight: (height: number | null) => void;
  /** The selection in words. */
  readonly selected: string;
}

export function SplitBar({ height, heatmaps, usual, onHeight, selected }: SplitBarProps) {
  const hidden = height === HIDDEN;
  const name = heatmaps > 1 ? "heatmaps" : "heatmap";
  // Followed by the window: a drag that shows or hides the heatmap moves the edge to another place of the page.
  const press = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    const from = event.clientY;
    const control = new AbortController();
    const { signal } = control;
    const end = () => control.abort();
    window.addEventListener("pointermove", ({ clientY }) => onHeight(draggedHeight(height, clientY - from, heatmaps)), { signal });
    window.addEventListener("pointerup", end, { signal });
    window.addEventListener("pointercancel", end, { signal });
  };
  const key = (event: KeyboardEvent<HTMLDivElement>) => {
    const next = keyedHeight(height, event.key, usual);
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
        onDoubleClick={() => onHeight(null)}
        onKeyDown={key}
      >
        <span aria-hidden />
      </div>
    </>
  );
}
