// Which events of a file are shown. A file with several opens with its most frequent sampling event.
import { ALL_EVENTS, MAIN_EVENT } from "../types/explorer";
import type { FacetCount } from "../types/wire";

export interface ShownEvents {
  readonly names: readonly string[];
  /** The most frequent sampling event is shown, as without a choice. */
  readonly isMain: boolean;
  /** All are shown, summed. */
  readonly isAll: boolean;
}

/**
 * @param chosen as the address has it: empty for the main event
 * @param main the most frequent sampling event; several where kinds of cores have one each
 */
export function shownEvents(counts: readonly FacetCount[], main: readonly string[], chosen: readonly string[]): ShownEvents {
  const names = counts.map(({ value }) => String(value));
  // An event of the file that has such a name is meant by it.
  const means = (word: string) => chosen.length === 1 && chosen[0] === word && !names.includes(word);
  const isMain = chosen.length === 0 || means(MAIN_EVENT);
  const isAll = means(ALL_EVENTS);
  return { names: isMain ? main : isAll ? names : chosen, isMain, isAll };
}

/** Samples of the shown events; undefined where the file counts none. */
export function samplesOfEvents(counts: readonly FacetCount[], { names }: ShownEvents, withIdle: boolean): number | undefined {
  if (counts.length === 0) return undefined;
  return counts.reduce((sum, { value, samples, busy }) => (names.includes(String(value)) ? sum + (withIdle ? samples : busy) : sum), 0);
}

/** cpu-clock · cpu-clock:pppH · task-clock:u: timers of a fixed rate, whose samples all have one period. */
const CLOCK = /^(?:cpu|task)-clock(?![\w-])/;

export const isClock = (event: string): boolean => CLOCK.test(event);
