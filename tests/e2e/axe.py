"""Asks axe-core, pinned with the front end's packages, what of a screen somebody cannot use."""

from __future__ import annotations

from functools import cache

from playwright.sync_api import Page, expect

from tests.e2e.running import ROOT

SOURCE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SCHEMES = ("light", "dark")
# What still moves is judged where it comes to rest; a bar that never rests is judged as it is.
# An open menu has the focus and is closed before anything else is done: nobody looks for it by landmark, and
# axe lets dialogs off for that reason, but not menus.
ASK = """async () => {
  for (const animation of document.getAnimations())
    if (animation.effect.getComputedTiming().endTime !== Infinity) animation.finish();
  const menu = "[role=menu]";
  const inMenu = ({element}) => element.closest(menu) ?? element.querySelector(`:scope > ${menu}`);
  const {violations, passes} = await axe.run(document, {elementRef: true, resultTypes: ["violations"]});
  const told = ({id, impact, nodes}) => nodes
    .filter((node) => id !== "region" || !inMenu(node))
    .map(({target, html, failureSummary}) => `${impact} ${id}: ${target}: ${html}: ${failureSummary}`);
  return [passes.length, violations.flatMap(told)];
}"""
# The library names a dialog some time after it has come.
NAMED = """() => [...document.querySelectorAll("[role=dialog]")].every(
  (dialog) => dialog.hasAttribute("aria-labelledby") || dialog.hasAttribute("aria-label"))"""


def violations(page: Page) -> list[str]:
    """Give what axe finds wrong with the page as it is, of any weight."""
    if not page.evaluate("'axe' in window"):
        # Into the page by the browser's own door, so that the policy of the page needs no hole.
        page.evaluate(_source())
    page.wait_for_function(NAMED)
    passed, found = page.evaluate(ASK)
    assert passed > 0
    assert isinstance(found, list)
    return found


def expect_usable(page: Page) -> None:
    """Expect that axe finds nothing at all, in the dark and in the light, which the page is left in."""
    for scheme in reversed(SCHEMES):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)
        found = violations(page)
        assert found == [], f"{scheme}: " + "\n".join(found)


@cache
def _source() -> str:
    return SOURCE.read_text()
