// Keys that work wherever the focus is, except in text fields, menus and dialogs. useHotkeys of Mantine
// matches key codes: "[" and "/" are other keys on a German keyboard, and it has no exception for menus.
import { useWindowEvent } from "@mantine/hooks";

export type Shortcuts = Readonly<Record<string, () => void>>;

export function useShortcuts(shortcuts: Shortcuts): void {
  useWindowEvent("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const run = shortcuts[event.key];
    if (!run) return;
    event.preventDefault();
    run();
  });
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [role=menu], [role=dialog]") !== null;
}
