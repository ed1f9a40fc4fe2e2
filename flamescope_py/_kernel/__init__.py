"""The compiled kernel: the inner loops of the readers, in C, loaded through ctypes.

`load()` returns it, or None where it was not built. Everything that the kernel does is also done in Python,
with equal results. `build.py` compiles it, the C files document each function, and `arrays.py` calls
those that take NumPy's arrays.
"""

from __future__ import annotations

import ctypes
import os
import platform
import weakref
import zlib
from collections.abc import Sequence
from functools import lru_cache
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
SOURCES = tuple(
    FOLDER / name for name in ("perf_text.c", "stacks.c", "paths.c", "wire.c", "v8log.c", "json.c")
)
HEADERS = tuple(FOLDER / name for name in ("state.h", "tables.h"))
# Set to switch the kernel off, in tests and to compare.
SWITCH = "FLAMESCOPE_KERNEL"


class View(ctypes.Structure):
    """`fs_view`: the results of the last call. Arrays belong to the kernel and live until the next call."""

    _fields_ = (
        ("blocks", ctypes.c_int64),
        ("lines", ctypes.c_int64),
        ("odd", ctypes.c_int64),
        ("block", ctypes.c_void_p),
        *(
            (f"new_{name}", ctypes.c_int64)
            for name in ("tasks", "triggers", "libraries", "symbols", "threads")
        ),
        ("slows", ctypes.c_int64),
        *(
            (name, ctypes.c_void_p)
            for name in ("task_text", "trigger_text", "library_text", "symbol", "names")
        ),
        ("names_size", ctypes.c_int64),
        *((name, ctypes.c_void_p) for name in ("thread", "slow")),
        ("new_nodes", ctypes.c_int64),
        *((name, ctypes.c_void_p) for name in ("parent", "frame")),
        ("other_lines", ctypes.c_int64),
        ("others", ctypes.c_void_p),
        ("bytes", ctypes.c_int64),
    )


class Meaning(ctypes.Structure):
    """`fs_meaning`: the meanings of the parts, as addresses of arrays and their lengths."""

    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("command", "java", "good", "code", "java_code")),
        ("several_at", ctypes.c_void_p),
        ("several", ctypes.c_void_p),
        ("kind", ctypes.c_void_p),
        *((name, ctypes.c_int64) for name in ("tasks", "triggers", "symbols", "severals", "max_depth")),
    )


_INT, _PLACE, _SEED = ctypes.c_int64, ctypes.c_void_p, ctypes.c_uint64
# The result of each function, then its arguments.
_SIGNATURES: dict[str, tuple[Any, ...]] = {
    "fs_new": (_PLACE, _SEED, ctypes.c_int),
    **dict.fromkeys(("fs_free", "fs_forget", "fs_drop", "fs_paths_free"), (None, _PLACE)),
    "fs_scan": (ctypes.POINTER(View), _PLACE, _PLACE, _INT),
    "fs_nodes": (ctypes.POINTER(View), _PLACE, ctypes.POINTER(Meaning)),
    "fs_preorder": (_INT, _PLACE, _PLACE, _INT, _PLACE, _PLACE),
    "fs_merge": (_INT, *6 * (_PLACE,)),
    "fs_paths_new": (_PLACE, _SEED),
    "fs_paths_stacks": (_INT, *3 * (_PLACE,), _INT, _INT, *3 * (_PLACE,)),
    "fs_number_keys": (_INT, _PLACE, _INT, _SEED, _PLACE, _PLACE),
    "fs_number_texts": (_INT, *3 * (_PLACE,), _INT, _SEED, _PLACE, _PLACE),
    "fs_forest_depths": (None, _PLACE, _INT, _PLACE),
    "fs_forest_inherit": (None, _PLACE, _INT, _PLACE),
    "fs_forest_mark": (None, _PLACE, _PLACE, _INT, _PLACE),
    "fs_folded": (_INT, *3 * (_PLACE,), _INT, *4 * (_PLACE,), _INT),
    "fs_wire_numbers": (_INT, *3 * (_PLACE,), _INT, ctypes.c_int, *3 * (_PLACE,)),
    "fs_wire_at": (None, _PLACE, _INT, _PLACE, _INT, ctypes.c_int, _PLACE, _PLACE),
    "fs_wire_fields": (_INT, *3 * (_PLACE,), _INT, _PLACE, _PLACE),
    "fs_wire_fixed64": (_INT, *3 * (_PLACE,), _INT, _PLACE, _PLACE),
    "fs_jfr_events": (_INT, _PLACE, *4 * (_INT,), _PLACE, _PLACE),
    "fs_v8_ticks": (None, _PLACE, _INT, _INT, _PLACE, _PLACE),
    "fs_v8_code": (None, _PLACE, _INT, *3 * (_PLACE,), _INT, _PLACE),
    "fs_v8_stacks": (_INT, *3 * (_PLACE,), *5 * (_INT,), *2 * (_PLACE,)),
    "fs_jfr_traces": (None, _PLACE, *3 * (_INT,), *3 * (_PLACE,)),
    "fs_json_arrays": (_INT, *3 * (_PLACE, _INT), _INT, _INT, _PLACE),
    "fs_json_numbers": (None, *4 * (_PLACE,), _INT, *2 * (ctypes.c_double,), *2 * (_PLACE,)),
}


def library() -> Path:
    """Return the place of the built kernel, which depends on its source: an old one is never loaded."""
    sources = b"".join(source.read_bytes() for source in (*SOURCES, *HEADERS))
    # Not hashlib, whose import loads OpenSSL.
    digest = f"{zlib.crc32(sources):08x}"
    machine = platform.machine().lower() or "any"
    return FOLDER / f"kernel-{digest}-{machine}{EXTENSION_SUFFIXES[-1]}"


@lru_cache(maxsize=1)
def load() -> ctypes.CDLL | None:
    """Return the kernel's functions, or None where it was not built or `FLAMESCOPE_KERNEL=off` is set."""
    place = library()
    if os.environ.get(SWITCH) == "off" or not place.exists():
        return None
    try:
        functions = ctypes.CDLL(str(place))
    except OSError:
        import logging

        logging.getLogger(__name__).warning(
            "The compiled kernel cannot be loaded: reading is slower. Build it again: make kernel"
        )
        return None
    for name, (result, *arguments) in _SIGNATURES.items():
        function = getattr(functions, name)
        function.argtypes, function.restype = arguments, result
    return functions


def preorder(
    functions: ctypes.CDLL, parent: int, frame: int, count: int, columns: Sequence[int], moved: int
) -> int:
    """Bring the `count` nodes at two addresses of uint32 into pre-order, and return the number of rows.

    Frame, parent, depth and end of the rows are written to the addresses in `columns`, the new row of every
    node to `moved`; each has room for as many. Returns 0 where a node stands before its parent. Raises
    MemoryError.
    """
    rows: int = functions.fs_preorder(parent, frame, count, (ctypes.c_void_p * 4)(*columns), moved)
    if rows == -1:
        raise MemoryError
    return max(rows, 0)


def merge(
    functions: ctypes.CDLL,
    trees: Sequence[tuple[int, int, int, int]],
    parent: int,
    frame: int,
) -> int:
    """Merge two trees in pre-order, and return the number of rows.

    Each tree is the addresses of its parents and frames, its number of nodes, and the address for their new
    rows. Parents and frames are written to two addresses with room for all nodes. Raises MemoryError, and
    ValueError where a tree is not in pre-order.
    """
    parents, frames, counts, moved = zip(*trees, strict=True)
    addresses = ctypes.c_void_p * 2
    rows: int = functions.fs_merge(
        addresses(*parents),
        addresses(*frames),
        (ctypes.c_int64 * 2)(*counts),
        parent,
        frame,
        addresses(*moved),
    )
    if rows == -1:
        raise MemoryError
    if rows < 0:
        raise ValueError("A tree is not in pre-order.")
    return rows


class Kernel:
    """The tables of one reading. `scan` and `nodes` release the interpreter lock while they run."""

    def __init__(self, functions: ctypes.CDLL, numbered: bool) -> None:
        """Start with empty tables. `numbered`: a number before the processor or the time is a thread's.

        Raises MemoryError.
        """
        self._functions = functions
        self._state = functions.fs_new(int.from_bytes(os.urandom(8), "little"), numbered)
        if not self._state:
            raise MemoryError
        self._finalizer = weakref.finalize(self, functions.fs_free, self._state)
        # A thread that ends with the process may still be reading with it.
        self._finalizer.atexit = False

    def scan(self, address: int, size: int) -> View:
        """Split the `size` bytes at an address, which end in a blank line, into blocks and parts.

        Raises MemoryError.
        """
        return self._view(self._functions.fs_scan(self._state, address, size))

    def nodes(self, meaning: Meaning) -> View:
        """Find the tree node of every block of the last scan. Raises MemoryError."""
        return self._view(self._functions.fs_nodes(self._state, ctypes.byref(meaning)))

    def drop(self) -> None:
        """Forget all blocks, and which nodes are new."""
        self._functions.fs_drop(self._state)

    def forget(self) -> None:
        """Empty all tables but the tree: numbers of parts begin at 0 again. There must be no blocks."""
        self._functions.fs_forget(self._state)

    @staticmethod
    def _view(found: Any) -> View:
        if not found:
            raise MemoryError
        view: View = found.contents
        return view
