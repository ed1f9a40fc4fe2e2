// For the pointer a whole row opens its profile, because the whole row is highlighted. Keys and screen readers
// have the row's link, once.
import type { MouseEvent } from "react";

/** Handle clicks of any button on a row. Buttons and links in it handle their own. `linked` is the row with the link. */
export function openRow(event: MouseEvent<HTMLTableRowElement>, linked: Element | null = event.currentTarget): void {
  const { currentTarget: row, target, button, ctrlKey, metaKey, shiftKey, altKey } = event;
  // Events of the row's menu and dialog come here too, though they stand elsewhere in the page.
  if (!(target instanceof Element) || !row.contains(target) || target.closest("a, button, input")) return;
  const link = linked?.querySelector("a");
  // A drag over a name or a number selects it for copying.
  if (!link || window.getSelection()?.isCollapsed === false) return;
  if (button === 1 || (button === 0 && (ctrlKey || metaKey))) window.open(link.href, "_blank", "noopener");
  else if (button === 0 && !shiftKey && !altKey) link.click();
}

/** The middle button opens, instead of scrolling by itself. */
export function keepFromScrolling(event: MouseEvent<HTMLTableRowElement>): void {
  if (event.button === 1) event.preventDefault();
}
