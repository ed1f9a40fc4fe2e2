// What an error says about further requests, and the way out that a notice offers.
import { statusOf } from "../api/client";
import { BAD_REQUEST, RANGE_NOT_SATISFIABLE, SERVER_FAULT, SILENT, TOO_MANY } from "../api/status";
import { leavesOut, WHOLE_CUT, type ExplorerState } from "../types/explorer";
import type { ProfileInfo } from "../types/wire";
import type { ExplorerChange } from "./explorer/useExplorer";

/** Whether the same request will be refused again, whenever it is sent. */
export function isFinal(error: Error | null | undefined): boolean {
  const status = statusOf(error) ?? SILENT;
  return status >= BAD_REQUEST && status < SERVER_FAULT && status !== TOO_MANY;
}

/** Whether a question about the same samples can have no answer either. */
export function isRefused(error: Error | null | undefined): boolean {
  return isFinal(error) || statusOf(error) === SILENT;
}

/** What a notice of an error offers in place of another try. */
export interface WayOut {
  /** In place of the notice's own. */
  readonly title?: string;
  /** In place of the server's sentence. */
  readonly detail?: string;
  readonly label: string;
  readonly change: ExplorerChange;
}

/** The change of the view after which the request is answered; undefined where there is none. */
export function wayOut(error: Error | null, state: ExplorerState): WayOut | undefined {
  const status = statusOf(error);
  if (status === RANGE_NOT_SATISFIABLE) {
    return { title: "The range is not in the profile", label: "Show the whole profile", change: wholeProfile(state) };
  }
  if (status === BAD_REQUEST && (leavesOut(state) || state.filter !== "")) {
    return { title: "The filters cannot be used", label: "Clear the filters", change: WHOLE_CUT };
  }
  return undefined;
}

/** The way out of a link with a type that the file does not have. */
export function wayOutOfType(infoError: Error | null, { type }: ExplorerState): WayOut | undefined {
  if (type === "" || statusOf(infoError) !== BAD_REQUEST) return undefined;
  return { detail: `The link opens the file as “${type}”, which it is not.`, label: "Open it as what it is", change: { type: "" } };
}

function wholeProfile({ compare }: ExplorerState): ExplorerChange {
  return { range: undefined, ...(compare && { compare: { ...compare, range: undefined } }) };
}

/** The state without what only times make possible, where the profile has none. */
export function withoutTimes(state: ExplorerState, info: Pick<ProfileInfo, "timed"> | undefined): ExplorerState {
  if (info?.timed !== false) return state;
  const view = state.view === "time" ? "graph" : state.view;
  const compare = state.compare?.file === "" ? undefined : state.compare;
  return { ...state, ...(state.range && wholeProfile(state)), compare, view, stretch: undefined };
}
