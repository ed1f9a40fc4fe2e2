"""One HTML file that draws a report by itself: data, program and style in it, and nothing fetched.

Its own policy allows this one script and this one style by their hashes. So no name of a profile can run,
whatever it looks like, and the page cannot reach a network. The data is JSON in a script element that
browsers do not execute.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re

# In a script, an HTML parser looks for these: one ends it, the other can hide its end.
_ENDING = re.compile(r"</script|<!--", re.IGNORECASE)
_STYLE_END = re.compile(r"</style", re.IGNORECASE)


def page(title: str, data: bytes, script: str, style: str) -> bytes:
    """Return the file: `data` is JSON that `script` finds in the element `report`, `title` any text.

    Raises ValueError for a script or style that would end its own element.
    """
    if _ENDING.search(script) or _STYLE_END.search(style):
        raise ValueError("the viewer's script or style would end its own element")
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; base-uri 'none'; "
        "form-action 'none'"
    )
    head = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{html.escape(_printable(title))}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        '<div id="root"></div>\n<noscript>This report needs JavaScript to be drawn.</noscript>\n'
        '<script type="application/json" id="report">'
    )
    tail = f"</script>\n<script>{script}</script>\n</body>\n</html>\n"
    return head.encode() + _inert(data) + tail.encode()


def _inert(data: bytes) -> bytes:
    """Escape the one character by which text could leave its element; JSON has it only inside of strings."""
    return data.replace(b"<", b"\\u003c")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _printable(text: str) -> str:
    """Replace characters that UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode()
