// What the colours of the heatmap mean, and what they need: the heatmap without the lane's cut, or the cells of the
// busiest values.
import { useMemo } from "react";
import { breakdownRows } from "../../../model/breakdown/rows";
import { SECOND } from "../../../lib/columnLength";
import { buildHeatmap, pieceOf, type Heatmap } from "../../../model/heatmap/heatmap";
import { dominantColours, fullCell, MOST_HUES, shareColours } from "../../../model/heatmap/colours/heatColours";
import { shownCells } from "../../../model/heatmap/heatmapCells";
import type { ShownLaneKind } from "../../../model/lanes/laneKind";
import { useHeatmap } from "../../../state/explorer/heatmap";
import { useLaneCells } from "../../../state/explorer/laneCells";
import { inColumnsOf, toHeatmapRequest, toLanesRequest, withoutCut } from "../../../state/requests";
import type { ExplorerState, Heat } from "../../../types/explorer";
import { chosenOf } from "../../../types/facets";
import type { Scheme } from "../../../types/scheme";
import type { BreakdownAnswer, HeatmapAnswer } from "../../../types/wire";
import type { HeatmapPicture } from "./useHeatmapPicture";

export interface HeatInput {
  readonly state: ExplorerState;
  readonly scheme: Scheme;
  readonly lanesBy: ShownLaneKind | undefined;
  /** Of the whole profile: its busiest values have colours. */
  readonly wholeLanes: BreakdownAnswer | undefined;
  /** With frequency and CPUs, where they are known. */
  readonly answer: HeatmapAnswer | undefined;
}

export interface ShownHeat {
  /** "samples" where another one is not possible. */
  readonly heat: Heat;
  /** Those that this profile has something for. */
  readonly choices: readonly Heat[];
  readonly colours: Uint32Array | undefined;
  /** Samples of the fullest colour. */
  readonly maximum: number;
  /** Values that the colours are of: of the chosen lanes, or of the busiest. */
  readonly values: readonly { readonly value: string; readonly label: string }[];
  readonly cpus: number | undefined;
}

export function useHeat(heatmap: Heatmap, { layout: { view }, cells }: Pick<HeatmapPicture, "layout" | "cells">, input: HeatInput): ShownHeat {
  const { state, scheme, lanesBy, wholeLanes, answer } = input;
  const cpus = answer?.cpus ?? undefined;
  const seconds = ((state.merge === "sum" ? view.merge : 1) * heatmap.columnMs) / SECOND;
  const full = fullCell(heatmap.rows, seconds, answer?.frequency ?? undefined, cpus);
  const chosen = lanesBy ? chosenOf(state, lanesBy) : [];
  const known = useMemo(() => new Map(wholeLanes && breakdownRows(wholeLanes).map(({ value, label }) => [value, label])), [wholeLanes]);

  const choices: Heat[] = ["samples"];
  if (full !== undefined) choices.push("busy");
  if (chosen.length > 0) choices.push("share");
  if (known.size > 1 && wholeLanes?.by === lanesBy) choices.push("dominant");
  const heat = choices.includes(state.heat) ? state.heat : "samples";

  const own = inColumnsOf(toHeatmapRequest(state), heatmap);
  const all = useHeatmap(lanesBy ? withoutCut(own, lanesBy) : own, heat === "share").data;
  const busiest = heat !== "dominant" ? [] : chosen.length > 0 ? chosen.slice(0, MOST_HUES) : [...known.keys()].slice(0, MOST_HUES);
  const lanes = useLaneCells(heat === "dominant" ? toLanesRequest(state, lanesBy!, heatmap) : undefined, busiest);

  const named = JSON.stringify(busiest);
  const colours = useMemo(() => {
    if (heat === "share" && all && pieceOf(all).columnMs === heatmap.columnMs && all.rows.length === heatmap.rows) {
      return shareColours(cells, shownCells({ whole: buildHeatmap(all).whole, tiles: [] }, view, state.merge), state.palette, scheme);
    }
    const parts = heat === "dominant" ? (JSON.parse(named) as string[]).flatMap((value) => lanes.cells.get(value) ?? []) : [];
    if (parts.length === 0) return undefined;
    return dominantColours(cells, parts.map((lane) => shownCells({ whole: pieceOf(lane), tiles: [] }, view, state.merge)), scheme);
  }, [heat, all, named, lanes.cells, heatmap.rows, heatmap.columnMs, cells, view, state.merge, state.palette, scheme]);
  const values = heat === "share" ? chosen : busiest;
  return {
    heat,
    choices,
    colours,
    maximum: heat === "busy" ? full! : cells.maximum,
    values: values.map((value) => ({ value, label: known.get(value) ?? value })),
    cpus,
  };
}
