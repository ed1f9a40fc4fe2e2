// Decides from an error whether further requests would fail, and which remedy its notice offers.
import { statusOf } from "../api/client";
import { BAD_REQUEST, PASSING, RANGE_NOT_SATISFIABLE, SERVER_FAULT, SILENT } from "../lib/status";
import { leavesOut, WHOLE_CUT, type ExplorerState } from "../types/explorer";
import type { ProfileInfo } from "../types/wire";
import type { ExplorerChange } from "./explorer/useExplorer";

/** Check whether the same request would be refused again, at any time. */
export function isFinal(error: Error | null | undefined): boolean {
  const status = statusOf(error) ?? SILENT;
  return status >= BAD_REQUEST && status < SERVER_FAULT && !PASSING.includes(status);
}

/** Check whether requests for the same samples would fail too. */
export function isUnanswerable(error: Error | null | undefined): boolean {
  return isFinal(error) || statusOf(error) === SILENT;
}

/** The action of an error's notice in place of another try. */
export interface Remedy {
  /** In place of the notice's own. */
  readonly title?: string;
  /** In place of the server's sentence. */
  readonly detail?: string;
  readonly label: string;
  readonly change: ExplorerChange;
}

/**
 * The change of the view after which the request is answered, undefined where there is none.
 *
 * @param graphError of the graph of the same samples without a comparison: filters are blamed only if it failed, too
 */
export function remedyFor(
  error: Error | null,
  state: ExplorerState,
  graphError: Error | null,
): Remedy | undefined {
  const status = statusOf(error);
  if (status === RANGE_NOT_SATISFIABLE) {
    const compare = state.compare && { ...state.compare, range: undefined };
    return compare && error !== graphError && statusOf(graphError) !== RANGE_NOT_SATISFIABLE
      ? { title: "The compared range is not in the profile", label: "Compare with all of it", change: { compare } }
      : { title: "The range is not in the profile", label: "Show the whole profile", change: { range: undefined, ...(compare && { compare }) } };
  }
  const isFiltered = leavesOut(state) || state.filter !== "";
  if (isFiltered && status === BAD_REQUEST && statusOf(graphError) === BAD_REQUEST) {
    return { title: "The filters cannot be used", label: "Clear the filters", change: WHOLE_CUT };
  }
  return undefined;
}

/** The remedy for a link with a type that the file does not have. */
export function remedyForType(infoError: Error | null, { type }: ExplorerState): Remedy | undefined {
  if (type === "" || statusOf(infoError) !== BAD_REQUEST) return undefined;
  const detail = `The link names the type “${type}”, but the file is of another type.`;
  return { detail, label: "Detect the type", change: { type: "" } };
}

/**
 * The remedy for a comparison with a type that the other file does not have.
 *
 * @param error of the comparison
 * @param otherError of the other file's heatmap
 */
export function remedyForOtherType(
  error: Error | null,
  otherError: Error | null,
  { compare }: ExplorerState,
): Remedy | undefined {
  if (!compare || compare.rest || compare.file === "" || compare.type === "") return undefined;
  if (![error, otherError].every((one) => statusOf(one) === BAD_REQUEST)) return undefined;
  const detail = `The link names the type “${compare.type}”, but the compared file is of another type.`;
  return { detail, label: "Detect the type", change: { compare: { ...compare, type: "" } } };
}

/** Drop the ranges and views that need times from the state if the profile has none. */
export function withoutTimes(state: ExplorerState, info: Pick<ProfileInfo, "timed"> | undefined): ExplorerState {
  if (info?.timed !== false) return state;
  const view = state.view === "time" ? "graph" : state.view;
  const compare = state.compare?.file === "" ? undefined : state.compare;
  return { ...state, range: undefined, compare, view, stretch: undefined };
}
