// Steps the selection through the profile, by hand or as an animation. Each step waits for the graph.
import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import type { Selection } from "../useSelection";
import classes from "../explore.module.css";

const STEP_MS = 700;

interface PlayButtonsProps {
  readonly selection: Selection;
  readonly isBehind: boolean;
}

export function PlayButtons({ selection, isBehind }: PlayButtonsProps) {
  const [playing, setPlaying] = useState(false);
  const { ticks, live, step } = selection;
  const latest = useRef(step);
  useEffect(() => {
    latest.current = step;
  });
  const first = ticks?.first;
  useEffect(() => {
    if (!playing || isBehind || live) return;
    const timer = setTimeout(() => {
      if (!latest.current(1)) setPlaying(false);
    }, STEP_MS);
    return () => clearTimeout(timer);
  }, [playing, isBehind, live, first]);
  if (!ticks || live) return null;
  return (
    <div className={classes.play}>
      <Button onClick={() => step(-1)} title="[" aria-label="Step back by the selection's length" data-testid="step-back">
        ◂
      </Button>
      <Button
        onClick={() => setPlaying(!playing)}
        aria-pressed={playing}
        title="Step through the profile"
        data-testid="play"
        data-playing={playing}
      >
        {playing ? "Pause" : "Play"}
      </Button>
      <Button onClick={() => step(1)} title="]" aria-label="Step on by the selection's length" data-testid="step-on">
        ▸
      </Button>
    </div>
  );
}
