"""Parses V8's names of JavaScript code: function, file and compiler tier."""

from __future__ import annotations

import re
from typing import NamedTuple

from flamescope_py.model import Frame
from flamescope_py.model.frame import ANONYMOUS, JIT

OPTIMIZED_TIER = "*"

# LazyCompile:*hash /srv/app/server.js:3        V8 before 10: * TurboFan, ~ interpreted
# InterpretedFunction:fib /srv/app/server.js:7
# Function:^onBlock /srv/app/server.js:2
# JS:*hash /srv/app/server.js:3:6               since V8 10: * TurboFan, + Maglev, ^ Sparkplug, ~ interpreted
# JS:*get size node:internal/url:820:11         a blank in the function's name
# Eval:~ node:internal/main/run_main_module:1:1
# Script:~ /srv/app/server.js:1:1
# JS:+'step /srv/app/client.js:56:14            since V8 13: ' marks code that is specialised to its context
_COMPILED = re.compile(
    r"(?:LazyCompile|InterpretedFunction|Function|JS|Script|Eval):([*+^~]?)'?(.*)", re.DOTALL
)
# JS:wasm-function[18]-18-turbofan              Function: before V8 10
# JS:wasm-function[3]-3-liftoff                 the first compiler, which is Sparkplug's peer
_WASM = re.compile(r"(?:JS|Function):(wasm-function\[\d+\])-\d+-(turbofan|liftoff)")
_WASM_TIERS = {"turbofan": OPTIMIZED_TIER, "liftoff": "^"}
_FILE = re.compile(r"(?:^|(?<= ))\S+:\d{1,9}(?::\d{1,9})?$")


class Function(NamedTuple):
    """A JavaScript function: `file` is `path:line` or `path:line:column`, `tier` one of `*+^~` or empty."""

    name: str
    file: str
    tier: str


def parse_function(frame: Frame) -> Function | None:
    """Parse V8's name of a compiled function. Return None for any other frame.

    A function without a name is `(anonymous)`. WebAssembly functions without a name have their number.
    """
    wasm = _WASM.fullmatch(frame.name)
    if wasm is not None:
        return Function(wasm[1], "", _WASM_TIERS[wasm[2]])
    match = _COMPILED.fullmatch(frame.name) if frame.kind in (JIT, "") else None
    if match is None:
        return None
    tier, rest = match.groups()
    # The file is the last word: a function's name may hold blanks, and paths with blanks are rarer.
    found = _FILE.search(rest)
    file = found.group() if found else ""
    name = rest[: found.start()].strip() if found else rest.strip()
    return Function(name or ANONYMOUS, file, tier)
