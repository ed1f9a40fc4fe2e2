// The edge below the lanes: a drag or keys make them higher.
import { useRef, type KeyboardEvent, type PointerEvent } from "react";
import { draggedLanes, keyedLanes, LANES_MOST } from "../../../model/lanes/lanesHeight";
import split from "../split.module.css";

interface LanesEdgeProps {
  readonly height: number;
  /** null: the usual height. */
  readonly onHeight: (height: number | null) => void;
}

export function LanesEdge({ height, onHeight }: LanesEdgeProps) {
  const grip = useRef<{ readonly y: number; readonly height: number }>(undefined);
  const release = () => (grip.current = undefined);
  return (
    <div
      className={split.edge}
      role="separator"
      tabIndex={0}
      aria-orientation="horizontal"
      aria-label="Height of the lanes"
      aria-valuemin={0}
      aria-valuemax={LANES_MOST}
      aria-valuenow={height}
      aria-valuetext={`${height} pixels`}
      title="Drag to resize the lanes · double-click resets"
      data-testid="lanes-edge"
      data-height={height}
      onPointerDown={(event: PointerEvent<HTMLDivElement>) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        grip.current = { y: event.clientY, height };
      }}
      onPointerMove={(event: PointerEvent<HTMLDivElement>) => {
        if (grip.current) onHeight(draggedLanes(grip.current.height, event.clientY - grip.current.y));
      }}
      onPointerUp={release}
      onPointerCancel={release}
      onDoubleClick={() => onHeight(null)}
      onKeyDown={(event: KeyboardEvent<HTMLDivElement>) => {
        const next = keyedLanes(height, event.key);
        if (next === undefined) return;
        event.preventDefault();
        onHeight(next);
      }}
    >
      <span aria-hidden />
    </div>
  );
}
