"""The kernel's functions for arrays of numbers in JSON, whose contracts are in `json.c`."""

from __future__ import annotations

import ctypes

import numpy as np
import numpy.typing as npt

from flamescope_py._kernel.arrays import Bytes, Ints, address


def number_arrays(
    functions: ctypes.CDLL, data: Bytes, names: bytes, row_names: bytes, least: int
) -> list[Ints]:
    """Return where the arrays of at least `least` bytes are that are members called one of `names`.

    Those called one of `row_names` are arrays of arrays. Names have a line end behind each. The columns are
    the places of the opening brackets, those behind the closing ones, the number of values, and the width of
    rows, 0 for an array of numbers.
    """
    columns = [np.empty(len(data) // least, np.int64) for _ in range(4)]
    places = (ctypes.c_void_p * 4)(*map(address, columns))
    named = (names, len(names), row_names, len(row_names))
    count = functions.fs_json_arrays(address(data), len(data), *named, least, len(columns[0]), places)
    return [column[:count] for column in columns]


def numbers_of_arrays(
    functions: ctypes.CDLL, data: Bytes, starts: Ints, counts: Ints, widths: Ints, largest: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Return the numbers of arrays, one behind the other, and which arrays were read.

    A null, and a number beyond `largest`, is NaN, and so is what short rows lack. Arrays that are not JSON,
    and those with numbers of more digits than the kernel reads, are not read.
    """
    values = np.empty(int(counts.sum()), np.float64)
    whole = np.empty(len(starts), np.bool_)
    places = (address(data), address(starts), address(counts), address(widths))
    functions.fs_json_numbers(*places, len(starts), largest, np.nan, address(values), address(whole))
    return values, whole
