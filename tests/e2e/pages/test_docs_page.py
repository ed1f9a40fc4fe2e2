"""The page of the interface: reached from the list, drawn from this server alone, and able to ask it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Watch
from tests.e2e.running import Server

pytestmark = pytest.mark.chromium


def test_it_is_reached_from_the_list_asks_the_server_and_leads_back(
    page: Page, server: Server, watch: Watch
) -> None:
    page.goto(server.url)
    page.get_by_test_id("docs-link").click()
    expect(page).to_have_url(f"{server.url}docs/")
    described = page.request.get(f"{server.url}openapi.json").json()
    operations = sum(len(methods) for methods in described["paths"].values())
    expect(page.locator(".opblock")).to_have_count(operations)
    route = page.locator(".opblock", has_text="/healthz")
    route.get_by_role("button").first.click()
    route.get_by_role("button", name="Try it out").click()
    route.get_by_role("button", name="Execute").click()
    expect(route.locator(".curl-command")).to_contain_text(f"{server.url}healthz")
    expect(route.locator(".live-responses-table .response-col_status").last).to_contain_text("200")
    page.get_by_role("link", name="FlameScope", exact=True).click()
    expect(page.get_by_test_id("profile-row")).to_have_count(3)
    assert all(url.startswith((server.url, "data:")) for url in watch.requests)


def test_without_scripts_it_names_the_description(new_page: Callable[..., Page], server: Server) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(f"{server.url}docs/")
    expect(page.get_by_role("link", name="openapi.json")).to_have_attribute("href", "../openapi.json")


def test_our_policy_lets_no_inline_script_or_style_on_it(page: Page, server: Server, watch: Watch) -> None:
    page.goto(f"{server.url}docs/")
    expect(page.locator(".opblock").first).to_be_visible()
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
    expect(page.locator(".opblock").first).to_be_visible()
