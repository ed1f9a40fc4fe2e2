"""Cuts `perf script` text into lines and blocks with array operations, and dictionary-encodes the lines.

A block is an event line, its frame lines and the blank line behind it. No Python object is made for a
line: a text has a line every 80 bytes, and that alone would take longer than all the rest. Arrow's
`dictionary_encode` hashes and compares the bytes in place. Only distinct lines become bytes objects. Arrow is
imported when it is used: with the compiled kernel no text comes here.
"""

from __future__ import annotations

from mmap import mmap
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pyarrow as pa

_NEWLINE = 10
_STRIDE = 1 << 16

Ints = npt.NDArray[np.integer[Any]]
Mask = npt.NDArray[np.bool_]
Text: TypeAlias = bytes | mmap | memoryview


class Distinct(NamedTuple):
    """Dictionary-encoded texts: the distinct `values`, and for every text its row among them (int32).

    Texts that were not wanted have row 0, which means nothing.
    """

    values: list[bytes]
    row: npt.NDArray[np.int32]


class Blocks(NamedTuple):
    """A text of whole blocks.

    `offsets` int32: where every line begins, one more for the end. `frame`: whether a line belongs to a
    block without being its event line. `head` and `end`, int64, one value a block: the line that
    begins it and the blank line behind it.
    """

    text: Text
    offsets: npt.NDArray[np.int32]
    frame: Mask
    head: Ints
    end: Ints

    @property
    def lines(self) -> int:
        """Count the lines, blank ones included."""
        return len(self.offsets) - 1

    def block(self, position: int) -> bytes:
        """Return the text of a block and the blank line behind it."""
        return bytes(self.text[self.offsets[self.head[position]] : self.offsets[self.end[position] + 1]])

    def event_lines(self) -> tuple[bytes, npt.NDArray[np.int32]]:
        """Copy the event lines out: their text, line ends included, and where each begins."""
        import pyarrow as pa

        # Not `pa.array`, which imports numpy.ma.
        wanted = pa.Array.from_buffers(pa.int64(), len(self.head), [None, _buffer(self.head)])
        lines = _texts(self.text, self.offsets, None).take(wanted)
        _, offsets, text = lines.buffers()
        return (text.to_pybytes() if text else b""), np.frombuffer(offsets, np.int32, len(lines) + 1)

    def frame_lines(self) -> Distinct:
        """Dictionary-encode the frame lines, each with its line end."""
        return distinct(self.text, self.offsets, self.frame)


def cut(text: Text, size: int) -> Blocks:
    """Cut the first `size` bytes of a text, which end in a blank line. More blank lines may be anywhere."""
    byte = np.frombuffer(text, np.uint8, size)
    # A mask as large as the text would be fresh memory, whose page faults cost more than the search.
    strides = range(0, size, _STRIDE)
    ends = np.concatenate(
        [np.flatnonzero(byte[start : start + _STRIDE] == _NEWLINE) + start for start in strides]
    )
    offsets = np.zeros(len(ends) + 1, np.int32)
    offsets[1:] = ends
    offsets[1:] += 1
    blank = np.diff(offsets) == 1
    behind_blank = np.concatenate((np.ones(1, np.bool_), blank[:-1]))
    head = behind_blank & ~blank
    return Blocks(text, offsets, ~(head | blank), np.flatnonzero(head), np.flatnonzero(blank & ~behind_blank))


def distinct(text: Text | Ints, offsets: npt.NDArray[np.int32], wanted: Mask) -> Distinct:
    """Dictionary-encode pieces of a text: piece i is its bytes from `offsets[i]` to `offsets[i + 1]`.

    Only wanted pieces are encoded. The text may be integers as well, whose bytes are compared.
    """
    encoded = _texts(text, offsets, wanted).dictionary_encode()
    row = encoded.indices.fill_null(0).to_numpy()
    return Distinct(encoded.dictionary.to_pylist(), row)


def _texts(text: Text | Ints, offsets: npt.NDArray[np.int32], wanted: Mask | None) -> Any:
    """Return pieces of a text as an Arrow array, without a copy."""
    import pyarrow as pa

    valid = None if wanted is None else np.packbits(wanted, bitorder="little")
    buffers = [valid if valid is None else _buffer(valid), _buffer(offsets), _buffer(text)]
    return pa.Array.from_buffers(pa.binary(), len(offsets) - 1, buffers)


def _buffer(memory: Text | npt.NDArray[Any]) -> pa.Buffer:
    import pyarrow as pa

    # The stubs do not know that arrays are buffers.
    return pa.py_buffer(memory)  # type: ignore[arg-type]
