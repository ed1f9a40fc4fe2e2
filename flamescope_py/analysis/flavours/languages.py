"""The package of a function of Go, Rust, C++ and Python, as their compilers and profilers write names."""

from __future__ import annotations

import re

from flamescope_py.model import Frame
from flamescope_py.model.frame import KERNEL

# net/http.(*conn).serve · main.(*Server).run.func1 · github.com/a/b%2ev2.Do[...] · type:.eq.main.key
_GO = re.compile(
    r"(?:type:\.\w+\.)?((?:[\w.~%-]+/)+[\w.~%-]+|[a-z][a-z0-9_]*)\.(?!(?:so|out|exe|ko?|o|js|py)(?:\.|$))"
    r"(?:\(\*?[A-Za-z_][^()\s]*\)\.\w|[A-Za-z_]\w*(?:\.(?:func|gowrap|deferwrap)?\d+|\.\w+|\[)|[A-Za-z_]\w*$)",
    re.ASCII,
)
# memcpy.part.0 · f.constprop.0 · g.isra.0 · h.cold · k.llvm.1234 · r.lto_priv.0: pieces of C functions
_PIECE = re.compile(r".*\.(?:part|constprop|isra|cold|llvm|lto_priv|localalias|clone|warm|avx\w*)(?:\.\d+)*$")
# <alloc::vec::Vec<T> as core::ops::drop::Drop>::drop · <&mut I as core::iter::Iterator>::next
_IMPLEMENTATION = re.compile(r"<(?:&(?:mut )?|\*(?:const|mut) )?(?:dyn )?(\w{1,100})::")
# tokio::runtime::task::raw::poll · std::vector<int>::push_back · void folly::run(int)
_NAMESPACE = re.compile(r"(?:[\w<>,*& ]{1,100} )?([A-Za-z_]\w{0,99})::")
# Node's own are one program's runtime.
_ENGINE = {"v8", "node"}
# py::handle:/srv/app/server.py (perf support of CPython 3.12)
_PERF_PYTHON = re.compile(r"py::[^:]*:(.+\.py)")
# /usr/lib/python3.12/site-packages/requests/api.py · …/dist-packages/yaml/loader.py · six.py
_INSTALLED = re.compile(r".*/(?:site|dist)-packages/([^/]+?)(?:\.py)?(?:/.*)?(?::\d+)?$")
_STANDARD = re.compile(r".*/(?:lib|lib64|Lib)/python\d[\d.]*/.*|<frozen .*>")
PYTHON, PYTHON_APP = "(python)", "(app code)"


def language_package(frame: Frame) -> str | None:
    """Return the package of a function of Go or Python, or the crate or namespace of one of Rust or C++.

    None for other functions, and for those of the kernel.
    """
    if frame.kind == KERNEL:
        return None
    return _python(frame) or _go(frame.name) or _path(frame.name)


def _python(frame: Frame) -> str | None:
    file = _PERF_PYTHON.fullmatch(frame.name)
    path = file[1] if file else frame.library
    if not file and not re.fullmatch(r".+\.py(?::\d+)?|<frozen .*>", path):
        return None
    installed = _INSTALLED.fullmatch(path)
    if installed:
        return installed[1]
    return PYTHON if _STANDARD.fullmatch(path) else PYTHON_APP


def _go(name: str) -> str | None:
    if "::" in name or _PIECE.fullmatch(name):
        return None
    found = _GO.match(name)
    return found[1].replace("%2e", ".") if found else None


def _path(name: str) -> str | None:
    found = _IMPLEMENTATION.match(name) or _NAMESPACE.match(name)
    return found[1] if found and found[1] not in _ENGINE else None
