// What the server sends, by the names that the front end uses. The types themselves are in api.ts, which
// `make types` writes; model/ turns these answers into the typed arrays that the canvases draw from.
export type {
  BreakdownAnswer,
  FacetCount,
  FleetFunctions as FleetFunctionsAnswer,
  FleetMatrix as FleetMatrixAnswer,
  FindingItem as Finding,
  Findings as FindingsAnswer,
  FilterCost,
  FlameGraphColumns as FlameGraphAnswer,
  Filter as NamedFilter,
  Format,
  HeatmapColumns as HeatmapAnswer,
  LabelCounts,
  Lane as LaneAnswer,
  MarkFile,
  NoteItem as Note,
  ProfileNotes as NotesAnswer,
  Marks as MarksAnswer,
  ParseReport,
  Preview,
  PreviewItem,
  Profile as ProfileItem,
  ProfileFacts as ProfileInfo,
  ReadingProgress,
  Report,
  ReportGraph,
  Timeline as TimelineAnswer,
} from "./api";

/** The values in `frames.kind` of a flame graph. */
export type FrameKind = "" | "kernel" | "user" | "jit" | "inlined" | "interpreted" | "c1";
