"""Frame lines of `perf script` text: names, libraries and kinds of code.

Bytes in, names out. All patterns are linear in the length of a line: every repetition that could start in
many places is bounded.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from flamescope_py.model.frame import INLINED, JIT, KERNEL, NO_KIND, USER

UNNAMED = "[unknown]"

# \t    7fb8ac0eadcd JS:*hash /srv/app/server.js:3:6+0x5cd (/tmp/perf-3738.map)
# \t         14d1546 Builtins_CallApiCallback+0x86 (/usr/bin/node)
# \t          7f... node::LibuvStreamWrap::ReadStart()::{lambda(uv_stream_s*)#2}::_FUN+0x5a (/usr/bin/node)
# \t    7f12 foo+0x1 (/memfd:doublemapper (deleted))
# \t            2044 operator++0x4 (/srv/w)
# \t    7fb8ac0eadcd
# \t    7fb8ac0eadcd (/usr/bin/node)
# \t            7FA1 0x0000000000007FA1 (w)               (nperf)
# \t  0x7fb8ac0eadcd main (/usr/bin/node)
# One blank ends the address; a further one belongs to the symbol (sed leaves "  /srv/app.js:1").
_ADDRESS = r"(?:[0-9a-f]{1,16}|[0-9A-F]{1,16}|0[xX][0-9a-fA-F]{1,16})"
_FRAME = re.compile(rf"[ \t]+{_ADDRESS}(?:\.\.\.)?(?:[ \t](.*))?", re.DOTALL)
# 7fb8ac0eadcd main (/usr/bin/node)                      (pasted: the blanks before the address are lost)
# 7fb8ac0eadcd main
# Only a digit and a library distinguish it from prose such as "add (see the manual)". Without a library, only
# a long address counts.
_PASTED_FRAME = re.compile(
    rf"(?=[a-fxA-FX]*\d){_ADDRESS} (.*\))[ \t\r]*|(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{{6,16}} (\S.*)", re.DOTALL
)
# The lines above, many at a time: of each with nothing odd in it its symbol, without the offset, and its
# library; of every other one NOT_PLAIN. Not lazy over any byte: that took three times as long for each line.
PLAIN_FRAMES = re.compile(rb"(?:[ \t]+[0-9a-f]{1,16} (\S[^+\n]*)\+0x[0-9a-f]{1,16} \(([^()\n]*)\)|[^\n]*)\n")
NOT_PLAIN = (b"", b"")

# leaf+0x5a      /usr/bin/node+0x2044 (-F +dsoff)
_OFFSET = re.compile(r"\+0x[0-9a-f]{1,16}$")
_PARENTHESIS = re.compile(r"[()]")

# Ljava/lang/String;::hashCode->Lfoo/Bar;::baz   (Java's map agent; never with blanks around the arrow)
# std::unique_ptr<A>::operator->                 (C++: not a chain)
# core::ops::function::FnOnce<fn() -> u8>        (Rust: not a chain)
# decltype(((A*)0)->f())                         (C++: inside of brackets)
# RegExp:a->b                                    (V8: any text at all)
_ARROW = re.compile(r"(?<!operator)(?<=[^ ])->(?=[^ ])")
_BRACKET = re.compile(r"->|operator(?:<=>|<<=?|>>=?|<=?|>=?|\(\)|\[\])|[()<>\[\]{}]")
_OPENING = {")": "(", ">": "<", "]": "[", "}": "{"}
REGEXP = "RegExp:"

# /tmp/perf-3738.map                             (perf's own: the file that a JIT writes)
# /home/u/.debug/jit/java-jit-1.XXa/jitted-12-34.so   (perf inject --jit)
# [JIT app cache]  [JIT] tid 12                  (simpleperf, perf)
# /memfd:jit-cache  /dev/ashmem/dalvik-jit-code-cache  [anon:dalvik-jit-code-cache]   (Android)
_JIT_LIBRARY = re.compile(
    r"/tmp/perf-.*\.map|(?:.*/)?jitted-\d+-\d+\.so|\[JIT\b.*"  # noqa: S108  perf's own path
    r"|.*\bjit-(?:[a-z]{1,20}-)?cache(?:[\])].*)?",
    re.DOTALL,
)
# Memory without a file, where only a JIT's own list of symbols has names.
# //anon      /memfd:doublemapper (.NET)      [anon:v8]      /dev/zero, /SYSV00000000 (Java with large pages)
_MEMORY = re.compile(
    r"//anon|(?:/memfd:|/dev/shm/)?doublemapper.*|\[anon(?:_shmem)?:.*|/anon_hugepage.*|/dev/zero", re.DOTALL
)


def decode(text: bytes) -> str:
    """Read bytes of a profile as text: bad UTF-8 and NUL bytes become U+FFFD, never an error."""
    return text.decode("utf-8", "replace").replace("\0", "\ufffd")


def parse_frame(line: bytes) -> list[tuple[str, str, str]] | None:
    """Read a frame line as (name, library, kind), innermost first; None where the line is none.

    There is more than one for a chain of inlined functions: in `a->b->c`, `a` was compiled and has the
    library's kind, the others were inlined into it.
    """
    text = decode(line)
    match = _FRAME.fullmatch(text) or _PASTED_FRAME.fullmatch(text)
    if match is None:
        return None
    symbol, library = split_library(
        (match[match.lastindex or 0] if match.lastindex else UNNAMED).rstrip("\r\n")
    )
    if not library and text[0] not in " \t" and match.lastindex == 1:
        return None
    name = _OFFSET.sub("", symbol) or UNNAMED
    kind = library_kind(library, name)
    if "->" not in name or name.startswith(REGEXP):
        return [(name, library, kind)]
    outer, *inlined = _split_chain(name)
    return [(part, library, INLINED) for part in reversed(inlined)] + [(outer, library, kind)]


def plain_frame(line: bytes, symbol: tuple[bytes, bytes]) -> tuple[str, str, str] | None:
    """As `parse_frame`, for a line with one of PLAIN_FRAMES, at a fifth of the cost.

    None where the symbol and the library that the pattern found may not be all there is to the line: an event
    line, an instruction, a chain of inlined functions, a library with an offset.
    """
    name, library = symbol
    if not name or not line.startswith(b"\t") or b": " in line or b":\t" in line:
        return None
    if b"->" in name or b"+0x" in library or name.startswith(b"insn:"):
        return None
    text, kind, is_memory = read_library(library)
    function = decode(name)
    return function, text, JIT if is_memory and function != UNNAMED else kind


@lru_cache(maxsize=10_000)
def read_library(library: bytes) -> tuple[str, str, bool]:
    """Return a library's name, the kind of its code, and True if it is memory without a file."""
    text = decode(library)
    return text, *_kind(text)


def split_library(text: str) -> tuple[str, str]:
    """Split `symbol (library)` at the last parenthesis that is balanced; ` (deleted)` is no path."""
    text = text.rstrip()
    if not text.endswith(")"):
        return text, ""
    start = _opening_parenthesis(text)
    if start < 0 or (start > 0 and text[start - 1] not in " \t"):
        return text, ""
    library = _OFFSET.sub("", text[start + 1 : -1]).removesuffix(" (deleted)")
    return text[: max(start - 1, 0)], library


def _opening_parenthesis(text: str) -> int:
    """Find the parenthesis that the last character closes; -1 where there is none."""
    last = text.rfind("(")
    if ")" not in text[last:-1]:
        return last
    depth = 0
    for match in reversed(list(_PARENTHESIS.finditer(text))):
        depth += 1 if match.group() == ")" else -1
        if depth == 0:
            return match.start()
    return -1


def _split_chain(name: str) -> list[str]:
    """Split a name at its arrows outside of brackets: those with balanced brackets on both sides."""
    open_brackets: Counter[str] = Counter()
    places, arrows = {match.start() for match in _ARROW.finditer(name)}, []
    for match in _BRACKET.finditer(name):
        found = match.group()
        if len(found) > 1:
            if match.start() in places and not any(open_brackets.values()):
                arrows.append(match.start())
        elif found in _OPENING:
            open_brackets[_OPENING[found]] -= 1
        else:
            open_brackets[found] += 1
    if any(open_brackets.values()):
        return [name]
    starts = [0, *(place + len("->") for place in arrows)]
    return [name[start:end] for start, end in zip(starts, [*arrows, len(name)], strict=True)]


def library_kind(library: str, name: str = "") -> str:
    """Return the kind of code that a library holds; `name` is the symbol that was found in it.

    Memory without a file holds compiled code of a JIT where its symbols have names.
    """
    kind, is_memory = _kind(library)
    return JIT if is_memory and name not in ("", UNNAMED) else kind


@lru_cache(maxsize=10_000)
def _kind(library: str) -> tuple[str, bool]:
    """Return the kind of a library, and True if it is memory without a file."""
    is_memory = _MEMORY.fullmatch(library) is not None
    if not library:
        return NO_KIND, False
    if _JIT_LIBRARY.fullmatch(library):
        return JIT, is_memory
    if library.startswith("[") or "vmlinux" in library[1:]:
        return KERNEL, is_memory
    return INLINED if library == "inlined" else USER, is_memory
