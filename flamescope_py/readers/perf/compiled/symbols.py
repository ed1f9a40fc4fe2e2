"""Lines below event lines by the kernel's numbers, and the frames that they stand for."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from flamescope_py._kernel import View
from flamescope_py.model import ProfileBuilder
from flamescope_py.model.column import Column
from flamescope_py.model.frame import JIT
from flamescope_py.readers.perf.compiled.arrays import array, texts
from flamescope_py.readers.perf.frames import ODD, SEVERAL, FrameLines, Line
from flamescope_py.readers.perf.names import UNNAMED, decode, read_library
from flamescope_py.readers.perf.stacks import CLASS, java_frame

# The library of a symbol whose line is not plain.
EMPTY = -1


class Symbols:
    """Codes of frames by symbol; a code below zero is that of `FrameLines`."""

    def __init__(self, builder: ProfileBuilder, frames: FrameLines) -> None:
        """`frames` reads the lines that are not plain."""
        self._builder = builder
        self._frames = frames
        # By symbol: the code of its frames, the same as java names them, and the number of its kind.
        self.code, self._java_code, self.kind = Column(np.int32), Column(np.int32), Column(np.uint8)
        self.several_at, self.several = Column(np.int32), Column(np.int32)
        self.several_at.extend([0])
        # Kinds of lines that are no frames, by their numbers.
        self.kinds = [""]
        # By library of plain lines: its name, the kind of its frames, and whether it is memory.
        self._libraries: list[tuple[str, str, bool]] = []
        self._has_java = False

    @property
    def java_code(self) -> Column:
        """The codes for Java's processes."""
        return self._java_code if self._has_java else self.code

    def add_java(self) -> None:
        """Name frames as java does, too: one of its processes has come."""
        if not self._has_java:
            self._has_java = True
            self._java_code.extend(self._java_codes(self.code.values))

    def read(self, view: View, text: memoryview) -> None:
        """Append new libraries and symbols."""
        if view.new_libraries:
            self._libraries += map(read_library, texts(text, view.library_text, view.new_libraries))
        if view.new_symbols:
            self._read_symbols(view, text)

    def _read_symbols(self, view: View, text: memoryview) -> None:
        new = array(view.symbol, np.int32, 3 * view.new_symbols).reshape(-1, 3)
        library = new[:, 2]
        codes = np.zeros(len(new), np.int32)
        kinds = np.zeros(len(new), np.uint8)
        if view.names_size:
            names = decode(ctypes.string_at(view.names, view.names_size)).split("\n")
            codes[library != EMPTY] = self._plain_frames(names, library[library != EMPTY].tolist())
        for row in np.flatnonzero(library == EMPTY).tolist():
            start, size, _ = new[row].tolist()
            codes[row], kinds[row] = self._code_of(self._frames.read(bytes(text[start : start + size])))
        self.code.extend(codes)
        self.kind.extend(kinds)
        if self._has_java:
            self._java_code.extend(self._java_codes(codes))

    def _plain_frames(self, names: list[str], libraries: list[int]) -> list[int]:
        """Return the frames of plain lines; `names` has an empty one more."""
        known = map(self._libraries.__getitem__, libraries)
        return self._builder.intern_frames(
            (name, library, JIT if is_memory and name != UNNAMED else kind)
            for name, (library, kind, is_memory) in zip(names, known, strict=False)
        )

    def _code_of(self, line: Line | None) -> tuple[int, int]:
        """Return the code of a line, and the number of its kind where it is no frame."""
        if line is None:
            return ODD, 0
        if len(line.frames) == 1:
            return line.frames[0], 0
        if line.kind and line.kind not in self.kinds:
            self.kinds.append(line.kind)
        return self._add_several(line.frames), self.kinds.index(line.kind)

    def _add_several(self, frames: Sequence[int]) -> int:
        self.several.extend(frames)
        self.several_at.extend([len(self.several)])
        return SEVERAL - (len(self.several_at) - 2)

    def _java_codes(self, codes: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        """Return the codes of lines as a Java process names their frames: most are the same."""
        found, name_of = codes.copy(), self._builder.name_of
        for row, code in enumerate(codes.tolist()):
            if code < 0 or name_of(code)[:1] == CLASS:
                found[row] = self._java_frame(code)
        return found

    def _java_frame(self, code: int) -> int:
        """Return the code of a line as a Java process names its frames."""
        if code == ODD:
            return ODD
        if code <= SEVERAL:
            start, end = self.several_at.values[SEVERAL - code : SEVERAL - code + 2].tolist()
            return self._add_several(
                [self._java_frame(frame) for frame in self.several.values[start:end].tolist()]
            )
        return java_frame(self._builder, code)

    def clear(self) -> None:
        """Forget all, as the kernel does."""
        for column in (self.code, self._java_code, self.kind, self.several, self.several_at):
            column.clear()
        self.several_at.extend([0])
        self._libraries.clear()
        self._has_java = False
