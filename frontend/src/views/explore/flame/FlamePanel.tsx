// The part below the heatmap: a bar of settings, and the graph, the table, or both. The old graph stays until the
// new one has arrived, and is dimmed after a moment, so that a short wait does not flicker.
import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import { remedyFor, remedyForOtherType } from "../../../state/faults";
import { Loading } from "../../shared/Loading";
import { preloadable } from "../../shared/preloadable";
import { ErrorNotice, Notice } from "../../shared/Notice";
import { CompareBar } from "../compare/CompareBar";
import { GraphFrame } from "../live";
import { FlameBar } from "./FlameBar";
import { FlameView } from "./FlameView";
import type { FrameMenuAt } from "./FrameMenu";
import type { FlamePanelProps } from "./panelProps";
import { useLiveTree } from "./useFlameTree";
import classes from "../explore.module.css";

const FrameMenu = lazy(() => import("./FrameMenu"));
const [FunctionTable, preloadTable] = preloadable(() => import("./FunctionTable"));
const [TimelineView, preloadTimeline] = preloadable(() => import("../timeline/TimelineView"));
const [Sandwich, preloadSandwich] = preloadable(() => import("./Sandwich"));
/** Where the browser does not tell when it is idle. */
const IDLE_MS = 1000;

export function FlamePanel(props: FlamePanelProps) {
  const { state, change, data } = props;
  const error = data.graphError;
  const remedy =
    remedyFor(error, state, data.flame.error) ?? remedyForOtherType(error, data.otherQuery.error, state);
  return (
    <section className={classes.flamePanel} aria-label="Why">
      <FlameBar {...props} />
      {state.compare && <CompareBar {...props} compare={state.compare} />}
      <GraphFrame graph={data.shown}>
        {data.isRestOfAll ? (
          <Notice title="Select a range" detail="It is then compared with the rest of the profile." />
        ) : error ? (
          <ErrorNotice
            title={remedy?.title ?? "No flame graph"}
            error={error}
            detail={remedy?.detail}
            retry={remedy ? () => change(remedy.change) : () => void data.shown.refetch()}
            label={remedy?.label}
          />
        ) : (
          <Shown {...props} />
        )}
      </GraphFrame>
    </section>
  );
}

/** Fetch the other views while nothing else happens. */
function usePreloadedViews(shown: boolean): void {
  useEffect(() => {
    if (!shown) return;
    const preload = () => [preloadTimeline, preloadTable, preloadSandwich].forEach((one) => one());
    if ("requestIdleCallback" in window) {
      const request = requestIdleCallback(preload);
      return () => cancelIdleCallback(request);
    }
    const timer = setTimeout(preload, IDLE_MS);
    return () => clearTimeout(timer);
  }, [shown]);
}

/** The idle samples of a profile that has no others, while they are not counted. */
function onlyIdle({ state, data: { heatmap } }: FlamePanelProps): number {
  return heatmap?.samples === 0 && !state.idle ? heatmap.idle : 0;
}

function Shown(props: FlamePanelProps) {
  const { state, change, scheme, data } = props;
  const [menu, setMenu] = useState<FrameMenuAt>();
  // Not within the event that asks for it: a menu that opens in the middle of a key's event closes with it.
  const openMenu = useCallback((at: FrameMenuAt) => void setTimeout(() => setMenu(at)), []);
  const { tree, search, zoom } = useLiveTree(data.shown, state);
  usePreloadedViews(tree !== undefined);
  if (!tree) return <Loading label="Drawing the flame graph" />;
  const callers = state.callers !== "";
  // The table stays beside the callers of one of its functions: the next one is a click away.
  const listed = state.view === "table" || state.view === "both";
  const beside = callers ? (listed ? "both" : "sandwich") : state.view;
  const shared = { tree, search, state, change, scheme, onMenu: openMenu };
  return (
    <>
      <div className={classes.split} data-view={beside}>
        <Suspense fallback={<Loading label="Opening" />}>
          {listed && <FunctionTable {...shared} />}
          {callers ? (
            <div className={classes.view}>
              <Sandwich {...shared} />
            </div>
          ) : state.view === "time" ? (
            <TimelineView {...{ state, change, scheme }} onMenu={openMenu} />
          ) : (
            state.view !== "table" && <FlameView {...shared} zoom={zoom} live={data.live} onlyIdle={onlyIdle(props)} />
          )}
        </Suspense>
      </div>
      {menu && (
        <Suspense fallback={null}>
          <FrameMenu at={menu} tree={tree} state={state} change={change} onClose={() => setMenu(undefined)} />
        </Suspense>
      )}
    </>
  );
}
