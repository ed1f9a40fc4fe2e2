// The content of a heatmap's canvas: the places of the cells and their counts. Finer tiles are fetched where a long
// profile's own columns are too coarse for the window.
import { useDebouncedValue } from "@mantine/hooks";
import { useMemo, useRef } from "react";
import type { HeatmapRequest } from "../../../api/heatmap";
import { useSize } from "../../../canvas/useSize";
import { busyColumns } from "../../../model/heatmap/busyLine";
import { pieceOf, withMatches, type Heatmap } from "../../../model/heatmap/heatmap";
import { shownCells, tilesOf } from "../../../model/heatmap/heatmapCells";
import { layoutHeatmap } from "../../../model/heatmap/layout/heatmapLayout";
import { useHeatmap, useTileMatches, useTiles } from "../../../state/explorer/heatmap";
import { inColumnsOf, toTileRequest } from "../../../state/requests";
import type { Merge, TimeRange } from "../../../types/explorer";
import { px } from "../../../types/units";
import type { HeatmapAnswer } from "../../../types/wire";

const PASSING_MS = 80;

interface PictureInput {
  readonly heatmap: Heatmap;
  readonly request: HeatmapRequest;
  /** The matches of the search in the whole profile. */
  readonly matches: HeatmapAnswer | undefined;
  readonly pattern: string | undefined;
  readonly window: TimeRange | undefined;
  readonly how: Merge;
  /** CSS pixels that the plot should be high. */
  readonly plot: number;
  /** Left of the plot. */
  readonly left: number;
}

export function useHeatmapPicture({ heatmap, request: asked, matches, pattern, window, how, plot, left }: PictureInput) {
  const request = inColumnsOf(asked, heatmap);
  const frame = useRef<HTMLDivElement>(null);
  const { width } = useSize(frame);
  const layout = useMemo(
    () => layoutHeatmap(heatmap, px(width), window, plot, left),
    [heatmap, width, window, plot, left],
  );
  const { view } = layout;
  // The maximum of columns cannot be computed from their sum.
  const highest = useHeatmap({ ...request, join: "max" }, how === "max" && heatmap.whole.step > 1);
  const apart = how === "max" && heatmap.whole.step > 1;
  const coarse = apart && highest.data ? pieceOf(highest.data) : heatmap.whole;
  const base = coarse.rows === heatmap.rows && coarse.columnMs === heatmap.columnMs ? coarse : heatmap.whole;
  const whole = useMemo(() => (pattern === undefined ? base : withMatches(base, matches)), [base, matches, pattern]);

  const matching = useMemo(() => whole.matches?.reduce((count, found) => count + (found > 0 ? 1 : 0), 0), [whole]);

  const join = view.merge > 1 ? how : "sum";
  // Steps passed on the way from a day to a minute are not worth fetching.
  const [restedMerge] = useDebouncedValue(view.merge, PASSING_MS);
  const passing = restedMerge !== view.merge;
  const wanted = (passing ? [] : tilesOf(heatmap, view)).map((range) => toTileRequest(request, range, view.merge, join));
  const fetched = useTiles(wanted);
  const found = useTileMatches(wanted, pattern);
  const tiles = useMemo(() => {
    const byStart = new Map(found.answers.map((answer) => [pieceOf(answer).from, answer]));
    const pieces = fetched.answers.map(pieceOf).filter(({ rows, columnMs }) => rows === heatmap.rows && columnMs === heatmap.columnMs);
    return pattern === undefined ? pieces : pieces.map((piece) => withMatches(piece, byStart.get(piece.from)));
  }, [fetched.answers, found.answers, heatmap.rows, heatmap.columnMs, pattern]);
  const cells = useMemo(() => shownCells({ whole, tiles }, view, how), [whole, tiles, view, how]);
  const busy = useMemo(() => busyColumns({ whole: heatmap.whole, tiles }, view), [heatmap.whole, tiles, view]);
  return {
    frame,
    layout,
    cells,
    /** Busy CPUs of each column. */
    busy,
    matching,
    /** Why finer counts are missing, if they are. */
    error: fetched.error,
    retry: fetched.retry,
  };
}

export type HeatmapPicture = ReturnType<typeof useHeatmapPicture>;
