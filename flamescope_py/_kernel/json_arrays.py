"""The kernel's functions for arrays of numbers in JSON, whose contracts are in `json.c`."""

from __future__ import annotations

import ctypes

import numpy as np
import numpy.typing as npt

from flamescope_py._kernel.arrays import Bytes, Ints, address


def number_arrays(functions: ctypes.CDLL, data: Bytes, names: bytes, least: int) -> list[Ints]:
    """Return where the arrays of at least `least` bytes are that are members called one of `names`.

    `names` has a line end behind each. The columns are the places of the opening brackets, those behind the
    closing ones, and the number of commas.
    """
    columns = [np.empty(len(data) // least, np.int64) for _ in range(3)]
    places = (ctypes.c_void_p * 3)(*map(address, columns))
    count = functions.fs_json_arrays(
        address(data), len(data), names, len(names), least, len(columns[0]), places
    )
    return [column[:count] for column in columns]


def numbers_of_arrays(
    functions: ctypes.CDLL, data: Bytes, starts: Ints, commas: Ints, largest: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Return the numbers of arrays, one behind the other, and which arrays were read.

    Each has a number more than commas. A null, and a number beyond `largest`, is NaN. Arrays that are not
    JSON, and those with numbers of more digits than the kernel reads, are not read.
    """
    values = np.empty(int(commas.sum()) + len(commas), np.float64)
    whole = np.empty(len(starts), np.bool_)
    functions.fs_json_numbers(
        address(data),
        address(starts),
        address(commas),
        len(starts),
        largest,
        np.nan,
        address(values),
        address(whole),
    )
    return values, whole
