"""The frames of a thread: their names, their files and their kinds.

Native code without symbols has an address alone. Its frame is then named by library and address.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.model import ProfileBuilder
from flamescope_py.model.frame import INLINED, JIT, USER
from flamescope_py.readers.firefox.categories import KINDS, Categories, kinds_of
from flamescope_py.readers.firefox.tables import NONE, Strings, Table
from flamescope_py.readers.json.text import integer, items, member, name

ANONYMOUS = "(anonymous)"
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{1,16}")
# recvAPICall (resource://gre/modules/ExtensionParent.sys.mjs:1257:20)   tick (file:///srv/page.html:4:22)[9]
# resource://gre/modules/Schemas.sys.mjs:1712:51                         f (self-hosted:145:22)
_SCRIPT = re.compile(
    r"(?:(?P<name>.*) \()?(?P<file>[^()]*?):(?P<line>\d{1,9}):(?P<column>\d{1,9})\)?(?:\[\d{1,20}\])?"
)
# PR_AtomicIncrement (in libnss3.so)   PR_AtomicIncrement (in libnss3.so) + 12
_SYMBOL = re.compile(r"(?P<name>.*) \(in (?P<library>[^()]*)\)(?: \+ \w{1,18})?")


class ThreadFrames(NamedTuple):
    """Columns with a row per frame of a thread: the builder's frame, and the category or NONE."""

    frame: npt.NDArray[np.int64]
    category: npt.NDArray[np.int64]


class Namer:
    """Interns frames, and counts those that have no symbol."""

    def __init__(self, builder: ProfileBuilder) -> None:
        """Intern in `builder`."""
        self.nameless: set[int] = set()
        self._builder = builder

    def frame(self, label: str, library: str, kind: str) -> int:
        """Intern a frame; an address gets the name of its library before it."""
        is_address = _ADDRESS.fullmatch(label) is not None
        if is_address and library:
            label = f"{library}+{label}"
        frame = self._builder.frame(label, library, kind or (USER if is_address else kind))
        if is_address:
            self.nameless.add(frame)
        return frame


class Functions:
    """The functions of a processed thread: `find` returns the name and the library of each."""

    def __init__(self, find: Any, strings: Strings, libraries: list[Any]) -> None:
        """`find` returns a table of the thread or the shared one, by its name and length column."""
        self._strings = strings
        functions: Table = find("funcTable", "name")
        resources: Table = find("resourceTable", "name")
        self.count = len(functions)
        self._name = functions.rows("name", len(strings)).tolist()
        self._resource = functions.rows("resource", len(resources)).tolist()
        self._script = functions.values("isJS")
        self._line = functions.values("lineNumber")
        self._file = self._files(functions, find("sources", "filename"))
        self._libraries = self._names_of(resources, libraries)

    def _files(self, functions: Table, sources: Table) -> list[int]:
        """Return the string of every function's file; newer documents have a table of files between."""
        if not functions.has("source"):
            return functions.rows("fileName", len(self._strings)).tolist()  # type: ignore[no-any-return]
        of_source = sources.rows("filename", len(self._strings)).tolist()
        return [
            of_source[row] if row >= 0 else NONE for row in functions.rows("source", len(sources)).tolist()
        ]

    def _names_of(self, resources: Table, libraries: list[Any]) -> list[tuple[bool, str]]:
        """Return for every resource whether it is a library, and its name."""
        own = resources.rows("name", len(self._strings)).tolist()
        libs = resources.rows("lib", len(libraries)).tolist()
        return [
            (lib >= 0, (name(member(libraries[lib], "name")) if lib >= 0 else "") or self._strings.at(row))
            for row, lib in zip(own, libs, strict=True)
        ]

    def find(self, function: int) -> tuple[str, str, bool]:
        """Return a function's name, its library or its file and line, and whether it is a script's."""
        label = self._strings.at(self._name[function], ANONYMOUS)
        is_script = self._script[function] is True
        resource = self._resource[function]
        is_library, library = self._libraries[resource] if resource >= 0 else (False, "")
        file = self._strings.at(self._file[function])
        if file and not is_library:
            line = integer(self._line[function])
            library = f"{file}:{line}" if line is not None else file
        return label, library, is_script


def processed(
    table: Table, functions: Functions, categories: Categories, strings: Strings, namer: Namer
) -> ThreadFrames:
    """Intern the frames of a processed thread."""
    function = table.rows("func", functions.count)
    category = table.rows("category", len(categories))
    kind = categories.kinds(category, table.rows("subcategory", 1 << 10))
    if table.has("implementation"):
        rows = table.rows("implementation", len(strings)).tolist()
        kind = _either(kinds_of([strings.at(row) for row in rows]), kind)
    kind[table.numbers("inlineDepth") > 0] = KINDS.index(INLINED)
    pairs, place = np.unique((function + 1) * len(KINDS) + kind, return_inverse=True)
    found = []
    for pair in pairs.tolist():
        row, of = divmod(pair, len(KINDS))
        label, library, is_script = functions.find(row - 1) if row else (ANONYMOUS, "", False)
        found.append(namer.frame(label, library, KINDS[of] or (JIT if is_script else "")))
    return ThreadFrames(np.array(found, np.int64)[place], category)


def _either(first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.where(first > 0, first, second)


class Libraries:
    """The address ranges of a process's libraries, in a document of Firefox itself."""

    def __init__(self, libs: object) -> None:
        """Take in a list of `{"name", "start", "end", "offset"}`."""
        found = []
        for lib in items(libs):
            start, end = integer(member(lib, "start")), integer(member(lib, "end"))
            if start is not None and end is not None:
                found.append((start, end, integer(member(lib, "offset")) or 0, name(member(lib, "name"))))
        self._rows = sorted(found)
        self._starts = [row[0] for row in self._rows]

    def find(self, address: int) -> tuple[str, int]:
        """Return the library of an address and the place in it; "" and the address where there is none."""
        at = bisect_right(self._starts, address) - 1
        if at >= 0:
            start, end, offset, library = self._rows[at]
            if address < end:
                return library, address - start + offset
        return "", address


def unprocessed(
    table: Table, libraries: Libraries, categories: Categories, strings: Strings, namer: Namer
) -> ThreadFrames:
    """Intern the frames of a thread of Firefox itself: a string each, with name, file and line."""
    location = table.rows("location", len(strings))
    category = table.rows("category", len(categories))
    kind = categories.kinds(category, table.rows("subcategory", 1 << 10))
    implementation = table.rows("implementation", len(strings)).tolist()
    kind = _either(kinds_of([strings.at(row) for row in implementation]), kind)
    pairs, place = np.unique((location + 1) * len(KINDS) + kind, return_inverse=True)
    found = []
    for pair in pairs.tolist():
        row, of = divmod(pair, len(KINDS))
        found.append(namer.frame(*located(strings.at(row - 1, ANONYMOUS), libraries, KINDS[of])))
    return ThreadFrames(np.array(found, np.int64)[place], category)


def located(location: str, libraries: Libraries, kind: str) -> tuple[str, str, str]:
    """Return the name, the library and the kind of a location."""
    if _ADDRESS.fullmatch(location):
        library, place = libraries.find(int(location, 16))
        return hex(max(place, 0)), library, USER
    if symbol := _SYMBOL.fullmatch(location):
        return symbol["name"], symbol["library"], kind or USER
    if script := _SCRIPT.fullmatch(location):
        return script["name"] or ANONYMOUS, f"{script['file']}:{script['line']}", kind or JIT
    return location, "", kind
