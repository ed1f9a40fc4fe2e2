"""The page of the interface: reached from the list, readable in both themes, its lines can be copied."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import axe
from tests.e2e.conftest import Watch
from tests.e2e.running import Server

pytestmark = pytest.mark.chromium


def test_it_is_reached_from_the_list(page: Page, server: Server, watch: Watch) -> None:
    page.goto(server.url)
    page.get_by_test_id("docs-link").click()
    expect(page).to_have_url(f"{server.url}docs/")
    expect(page.get_by_role("heading", name="Questions over HTTP")).to_be_visible()
    routes = page.get_by_test_id("route")
    described = page.request.get(f"{server.url}openapi.json").json()
    expect(routes).to_have_count(sum(len(methods) for methods in described["paths"].values()))
    page.get_by_role("navigation").get_by_role("link", name="GET /differential/").click()
    expect(page.locator("#show_differential")).to_be_in_viewport()
    page.get_by_role("link", name="FlameScope").click()
    expect(page.get_by_test_id("profile-row")).to_have_count(3)
    assert all(url.startswith(server.url) for url in watch.requests)


def test_a_line_is_copied(new_page: Callable[..., Page], server: Server) -> None:
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{server.url}docs/#show_heatmap")
    route = page.locator("#show_heatmap")
    line = route.locator("pre.curl").first.text_content() or ""
    assert line.startswith(f"curl '{server.url}heatmap/?")
    route.get_by_role("button", name="Copy").first.click()
    expect(route.get_by_role("button", name="Copied")).to_have_count(1)
    assert page.evaluate("navigator.clipboard.readText()") == line
    assert page.evaluate("getSelection().toString()").strip() == line


def test_it_can_be_read_without_scripts(new_page: Callable[..., Page], server: Server) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(f"{server.url}docs/")
    expect(page.get_by_test_id("route").first).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)


def test_our_policy_lets_no_inline_script_or_style_on_it(page: Page, server: Server, watch: Watch) -> None:
    page.goto(f"{server.url}docs/")
    watch.allow("script-src|style-src|Content Security Policy")
    page.evaluate("""() => {
      window.seen = [];
      const see = ({violatedDirective}) => window.seen.push(violatedDirective);
      document.addEventListener("securitypolicyviolation", see);
      const script = document.createElement("script");
      script.textContent = "window.__pwned = 1";
      const style = document.createElement("style");
      style.textContent = "body { display: none }";
      document.body.append(script, style);
    }""")
    page.wait_for_function("window.seen.length >= 2")
    assert page.evaluate("typeof window.__pwned") == "undefined"
    expect(page.get_by_role("heading", name="Questions over HTTP")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_it(new_page: Callable[..., Page], server: Server, scheme: str) -> None:
    page = new_page(color_scheme=scheme)
    page.goto(f"{server.url}docs/")
    assert axe.violations(page) == []


def test_it_fits_a_phone(new_page: Callable[..., Page], server: Server) -> None:
    page = new_page(viewport={"width": 360, "height": 700})
    page.goto(f"{server.url}docs/")
    expect(page.get_by_test_id("route").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
