// The shown part of the heatmap. During a pan or zoom it changes with every frame, and only here. At rest it is
// written to the address, which browsers do not let change so often.
import { useDebouncedCallback } from "@mantine/hooks";
import { useState } from "react";
import { sameRange } from "../../../model/heatmap/selection/selection";
import type { TimeRange } from "../../../types/explorer";

const REST_MS = 300;

type Window = TimeRange | undefined;

export interface LiveWindow {
  readonly window: Window;
  /** Part of a gesture: more may follow. */
  readonly move: (window: Window) => void;
}

/** @param commit gets the window that a gesture ended with */
export function useLiveWindow(committed: Window, commit: (window: Window) => void): LiveWindow {
  const [live, setLive] = useState<{ readonly window: Window; readonly base: Window }>();
  const commitRested = useDebouncedCallback((window: Window, base: Window) => {
    if (sameRange(committed, base)) commit(window);
  }, REST_MS);
  // Any other change of the address, such as Back, ends the gesture.
  const current = live !== undefined && sameRange(live.base, committed);
  return {
    window: current ? live.window : committed,
    move: (window) => {
      setLive({ window, base: committed });
      commitRested(window, committed);
    },
  };
}
