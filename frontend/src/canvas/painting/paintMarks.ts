// Painting marks over a heatmap or lanes: a band for what lasts, a line for a moment. Marks on one pixel are one line.
import { css } from "../../lib/colour";
import { xOfSecond, type HeatmapLayout } from "../../model/heatmap/layout/heatmapLayout";
import { hueOf } from "../../model/heatmap/colours/heatColours";
import { PAPER } from "../../model/heatmap/colours/palette";
import type { Mark } from "../../model/marks/marks";
import type { Scheme } from "../../types/scheme";

/** Of the coloured end of a line, and of the edge of paper that keeps it apart from cells of a like colour. */
const HEAD = { width: 6, height: 6 };
const BAND = 0.22;
/** Narrower bands are lines. */
const NARROWEST = 3;

interface Place {
  readonly top: number;
  readonly height: number;
  /** Whether lines have a head at their upper end. */
  readonly heads: boolean;
}

export function paintMarks(context: CanvasRenderingContext2D, marks: readonly Mark[], layout: HeatmapLayout, scheme: Scheme, place: Place): void {
  const { plotLeft, plotWidth } = layout;
  context.save();
  context.beginPath();
  context.rect(plotLeft - HEAD.width / 2, place.top - HEAD.height, plotWidth + HEAD.width, place.height + HEAD.height);
  context.clip();
  const drawn = new Set<string>();
  for (const { start, end, series } of marks) {
    const [from, to] = [xOfSecond(layout, start), xOfSecond(layout, end)];
    if (to < plotLeft || from > plotLeft + plotWidth) continue;
    const colour = css(hueOf(series.hue, scheme));
    if (to - from >= NARROWEST) {
      context.fillStyle = colour;
      context.globalAlpha = BAND;
      context.fillRect(from, place.top, to - from, place.height);
      context.globalAlpha = 1;
      context.fillRect(from, place.top - 2, to - from, 3);
      continue;
    }
    const pixel = `${series.hue} ${Math.round(from)}`;
    if (drawn.has(pixel)) continue;
    drawn.add(pixel);
    paintLine(context, Math.round(from), colour, css(PAPER[scheme]), place);
  }
  context.restore();
}

function paintLine(context: CanvasRenderingContext2D, x: number, colour: string, paper: string, { top, height, heads }: Place): void {
  context.fillStyle = paper;
  context.fillRect(x - 1.5, top, 3, height);
  context.fillStyle = colour;
  context.fillRect(x - 0.5, top, 1, height);
  if (!heads) return;
  context.beginPath();
  context.moveTo(x - HEAD.width / 2, top - HEAD.height);
  context.lineTo(x + HEAD.width / 2, top - HEAD.height);
  context.lineTo(x, top + 1);
  context.fill();
}
