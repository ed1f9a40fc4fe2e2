"""Checks the accessibility of a page with axe-core, which is pinned with the front end's packages."""

from __future__ import annotations

from functools import cache
from typing import Literal

from playwright.sync_api import Page, expect

from tests.e2e.running import ROOT

SOURCE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
ALL = {"elementRef": True, "resultTypes": ["violations"]}
# The dark scheme has the same elements, in other colours.
OPTIONS = {"light": ALL, "dark": {**ALL, "runOnly": ["color-contrast", "link-in-text-block"]}}
# Animations are finished first, except those that never end.
# An open menu has the focus and is closed before anything else is done, so it needs no landmark.
# axe exempts dialogs for that reason, but not menus.
ASK = """async ([part, options]) => {
  for (const animation of document.getAnimations())
    if (animation.effect.getComputedTiming().endTime !== Infinity) animation.finish();
  const menu = "[role=menu]";
  const inMenu = ({element}) => element.closest(menu) ?? element.querySelector(`:scope > ${menu}`);
  const {violations, passes} = await axe.run(part || document, options);
  const told = ({id, impact, nodes}) => nodes
    .filter((node) => id !== "region" || !inMenu(node))
    .map(({target, html, failureSummary}) => `${impact} ${id}: ${target}: ${html}: ${failureSummary}`);
  return [passes.length, violations.flatMap(told)];
}"""
# The library sets the name of a dialog some time after it has appeared.
NAMED = """() => [...document.querySelectorAll("[role=dialog]")].every(
  (dialog) => dialog.hasAttribute("aria-labelledby") || dialog.hasAttribute("aria-label"))"""


# How often a page with findings is looked at again.
SETTLING = 5


def violations(page: Page, scheme: str = "light", part: str = "") -> list[str]:
    """Return axe's findings of any severity for the page as it is in this scheme, or for a part of it."""
    if not page.evaluate("'axe' in window"):
        # Evaluated by the browser itself, so the policy of the page needs no exception.
        page.evaluate(_source())
    page.wait_for_function(NAMED)
    passed, found = page.evaluate(ASK, [part, OPTIONS[scheme]])
    assert passed > 0
    assert isinstance(found, list)
    return found


def expect_usable(page: Page, part: str = "") -> None:
    """Expect no findings in either scheme.

    `part` is a selector of what is new on a page that was checked: a whole page takes three times as long.
    The page is left in the scheme that it did not start in, since a change draws it anew.
    """
    html = page.locator("html")
    before = html.get_attribute("data-mantine-color-scheme")
    for scheme in sorted(SCHEMES, key=lambda scheme: scheme != before):
        page.emulate_media(color_scheme=scheme)
        expect(html).to_have_attribute("data-mantine-color-scheme", scheme)
        found = violations(page, scheme, part)
        # What is fading in or out is looked at again when it has.
        for _ in range(SETTLING if found else 0):
            page.wait_for_timeout(200)
            if not (found := violations(page, scheme, part)):
                break
        assert found == [], f"{scheme}: " + "\n".join(found)


@cache
def _source() -> str:
    return SOURCE.read_text()
