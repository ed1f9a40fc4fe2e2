// A heatmap without columns, for tests to fill.
import type { HeatmapAnswer } from "../../types/wire";

export const EMPTY_ANSWER: HeatmapAnswer = {
  rows: [500, 0],
  columns: [],
  values: [],
  maxvalue: 0,
  samples: 0,
  idle: 0,
  origin: 0,
  duration: 0,
};
