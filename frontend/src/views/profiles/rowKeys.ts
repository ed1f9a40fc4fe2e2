// Arrow keys walk over the links of the list, from the search field and back to it.
import type { KeyboardEvent } from "react";

export function focusFirstLink(table: HTMLTableElement | null): void {
  linksOf(table)[0]?.focus();
}

/** Handle keys in the table. `leave` is called for a step above the first link. */
export function walkLinks(event: KeyboardEvent<HTMLTableElement>, leave: () => void): void {
  const links = linksOf(event.currentTarget);
  const at = links.findIndex((link) => link === event.target);
  if (at < 0 || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const next: Readonly<Record<string, number>> = {
    ArrowDown: Math.min(at + 1, links.length - 1),
    ArrowUp: at - 1,
    Home: 0,
    End: links.length - 1,
  };
  const to = next[event.key];
  if (to === undefined) return;
  event.preventDefault();
  if (to < 0) leave();
  else links[to]!.focus();
}

function linksOf(table: HTMLTableElement | null): HTMLAnchorElement[] {
  return [...(table?.querySelectorAll<HTMLAnchorElement>("tbody a") ?? [])];
}
