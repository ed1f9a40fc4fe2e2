"""The file of a report: nothing in its data or title becomes markup, and only its own script may run."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

from flamescope_py.export.page import page
from tests.support.exports import HOSTILE

SCRIPT, STYLE = "document.title += '!'", "body{margin:0}"
TEXTS = (HOSTILE, "</script><script>alert(1)</script>", "<!--<script>", "\u2028]]>", "&lt;", "\ud800")


class Elements(HTMLParser):
    """Collects the elements of a page with their text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.found:
            tag, attributes, text = self.found[-1]
            self.found[-1] = (tag, attributes, text + data)


@pytest.mark.parametrize("text", TEXTS)
def test_no_text_leaves_its_element(text: str) -> None:
    data = json.dumps({"name": text}).encode()
    whole = Elements(page(text, data, SCRIPT, STYLE).decode()).found
    plain = Elements(page("", b"{}", SCRIPT, STYLE).decode()).found
    assert [tag for tag, _, _ in whole] == [tag for tag, _, _ in plain]
    (held,) = [text for tag, attributes, text in whole if attributes.get("type") == "application/json"]
    assert json.loads(held) == {"name": text}


def test_the_policy_allows_this_script_and_style_alone() -> None:
    found = page("perf.out", b"{}", SCRIPT, STYLE).decode()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', found)
    hashes = [
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in (SCRIPT, STYLE)
    ]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules.pop("script-src") == hashes[0]
    assert rules.pop("style-src") == hashes[1]
    assert rules == {"default-src": "'none'", "base-uri": "'none'", "form-action": "'none'"}


@pytest.mark.parametrize(("script", "style"), [("'</script>'", ""), ("'<!--'", ""), ("", "</STYLE >")])
def test_a_viewer_that_would_end_its_element_is_refused(script: str, style: str) -> None:
    with pytest.raises(ValueError, match="end its own element"):
        page("", b"{}", script, style)
