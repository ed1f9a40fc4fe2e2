"""Labels of samples: which are kept, and which samples have the same ones.

endpoint=GET /cart   service.name=shop   host.name=web-07   thread name=Main
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from flamescope_py.model import ParseReport
from flamescope_py.model.profile import Labels

Ints = npt.NDArray[np.int64]

# A label of more values names single things, such as a span of a trace: no one selects by it.
MAX_VALUES = 1_000
MAX_NAMES = 50
MAX_TEXT = 500
# Labels of one sample that are looked at.
MAX_LABELS = 64
TOO_MANY = "labels of a sample after its first 64"


class LabelTable:
    """The labels that are kept: at most MAX_NAMES, each of at most MAX_VALUES values."""

    def __init__(self) -> None:
        """Start without labels."""
        self._values: defaultdict[str, set[str]] = defaultdict(set)
        self._dropped: Counter[str] = Counter()

    def kept(self, labels: Mapping[str, str]) -> tuple[Labels, tuple[str, ...]]:
        """Return the labels to keep, sorted, and the names of the others."""
        found, dropped = [], []
        for key, text in labels.items():
            name, value = key[:MAX_TEXT].replace("=", ":"), text[:MAX_TEXT]
            if not name or not value:
                continue
            if self._has_room(name, value):
                found.append((name, value))
            else:
                dropped.append(name)
        return tuple(sorted(found)), tuple(dropped)

    def count(self, dropped: Iterable[str], samples: int) -> None:
        """Count labels that were not kept, of so many samples."""
        for name in dropped:
            self._dropped[name] += samples

    def tell(self, report: ParseReport) -> None:
        """Report the labels that were not kept."""
        if self._dropped:
            names = ", ".join(f"{name} ({count} samples)" for name, count in self._dropped.most_common(10))
            report.messages.append(
                f"Labels of more than {MAX_VALUES} values, or after the first {MAX_NAMES}, were left out: "
                f"{names[:500]}."
            )

    def _has_room(self, name: str, value: str) -> bool:
        if name not in self._values and len(self._values) >= MAX_NAMES:
            return False
        seen = self._values[name]
        if len(seen) >= MAX_VALUES and value not in seen:
            return False
        seen.add(value)
        return True


class LabelSets(NamedTuple):
    """Sets of equal labels: `number` has one for every sample, and `firsts` a sample of each, in order.

    `cut` counts the labels that were not looked at.
    """

    number: Ints
    firsts: Ints
    cut: int

    def spans(self, owner: Ints) -> Iterator[tuple[int, int, int]]:
        """Yield the labels of each set, from the first to before the last, and the number of its samples."""
        bounds = np.searchsorted(owner, np.stack((self.firsts, self.firsts + 1)))
        samples = np.bincount(self.number, minlength=len(self.firsts))
        yield from zip(*bounds.tolist(), samples.tolist(), strict=True)


def label_sets(owner: Ints, label: Ints, count: int) -> LabelSets:
    """Number the sets of labels of `count` samples.

    `owner` is the sample of every label, sorted, and `label` a number that is equal for equal labels. In each
    round, the next label of every sample joins its set: there are as many rounds as one sample has labels.
    """
    number = np.zeros(count, np.int64)
    if len(owner):
        starts = np.searchsorted(owner, np.arange(count))
        place = np.arange(len(owner)) - starts[owner]
        high = int(label.max()) + 1
        used = 1
        for one in range(min(int(place.max()) + 1, MAX_LABELS)):
            rows = np.flatnonzero(place == one)
            pairs = numbered(number[owner[rows]] * high + label[rows])
            number[owner[rows]] = pairs + used
            used += int(pairs.max()) + 1
        cut = int(np.count_nonzero(place >= MAX_LABELS))
    else:
        cut = 0
    number = numbered(number)
    firsts = np.full(int(number.max(initial=-1)) + 1, count, np.int64)
    np.minimum.at(firsts, number, np.arange(count))
    return LabelSets(number, firsts, cut)


def numbered(values: Ints) -> Ints:
    """Number equal values from 0, in the order in which they come."""
    indices = pa.array(values).dictionary_encode().indices
    return np.asarray(indices).astype(np.int64)
