"""The Node.js flavours read V8's names of functions and of WebAssembly."""

from __future__ import annotations

import pytest

from flamescope_py.analysis.flamegraph import flame_graph
from flamescope_py.analysis.flavours.javascript import Function, parse_function
from flamescope_py.analysis.selection import Selection
from flamescope_py.model import Frame
from tests.support import trees
from tests.support.perf_text import sample
from tests.support.reading import read_perf
from tests.support.views import select


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("JS:*hash /srv/a.js:3:6", Function("hash", "/srv/a.js:3:6", "*")),
        ("JS:+'step /srv/a.js:3:6", Function("step", "/srv/a.js:3:6", "+")),
        ("JS:*'step /srv/a.js:3:6", Function("step", "/srv/a.js:3:6", "*")),
        ("Function:^ /srv/a.js:48", Function("(anonymous)", "/srv/a.js:48", "^")),
        ("JS:wasm-function[18]-18-turbofan", Function("wasm-function[18]", "", "*")),
        ("Function:wasm-function[18]-18-liftoff", Function("wasm-function[18]", "", "^")),
        ("v8::Function::Call", None),
    ],
)
def test_a_function(name: str, function: Function | None) -> None:
    assert parse_function(Frame(name, "/tmp/perf-1.map", "jit")) == function


def test_packages_own_their_addons() -> None:
    addon = "[unknown] (/srv/node_modules/@chainsafe/blst-linux-x64-gnu/blst.linux-x64-gnu.node)"
    app = "JS:*verify /srv/app.js:1:2 (/tmp/perf-1.map)"
    wasm = "JS:wasm-function[18]-18-turbofan (/tmp/perf-1.map)"
    profile = read_perf(sample("1.0", addon, app), sample("1.1", wasm, app))
    graph = flame_graph(select(profile, Selection(flavor="nodejs-packages")))
    assert trees.drawn(graph) == trees.lines("""
        root 2
          node 2
            (app code) 2
              (wasm) 1 (1 own)
              @chainsafe/blst-linux-x64-gnu 1 (1 own)
        """)
