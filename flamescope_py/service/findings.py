"""The findings of open profiles as they are sent, made once and kept with the index."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from flamescope_py.analysis.findings.all import find
from flamescope_py.analysis.findings.material import Finding
from flamescope_py.model import Profile
from flamescope_py.service.wire import Wire, encode
from flamescope_py.store.cache import BoundedCache

MAX_BYTES = 8 << 20
# From here on they are made in the background as soon as the file is read.
LARGE = 200_000
EXTRA = "findings.json"


class FindingItem(Wire):
    """One finding."""

    kind: Annotated[
        str,
        Meta(
            description="long-task, longest-task, periodic, visit (of a command), unusual, startup, "
            "change, saturated, burst, gap, lost, throttled or frequency."
        ),
    ]
    text: Annotated[str, Meta(description="The finding as a sentence; names in it stand in backquotes.")]
    ranges: Annotated[
        Sequence[tuple[float, float]],
        Meta(description="The ranges that it is about, as start and end of other requests."),
    ]
    selection: Annotated[
        Mapping[str, Sequence[str]],
        Meta(description="Parameters of a selection that show its samples: comm, pid, tid or include."),
    ]
    numbers: Annotated[Mapping[str, float], Meta(description="The numbers of the sentence, by name.")]
    function: Annotated[
        str, Meta(description="The function to look for, as the graph names it; empty where it names none.")
    ]


class Findings(Wire):
    """The findings of a profile."""

    findings: Annotated[Sequence[FindingItem], Meta(description="The most telling first, at most twelve.")]
    missing: Annotated[Sequence[str], Meta(description="A sentence for everything that the profile lacks.")]


class FindingsCache:
    """The findings of open profiles; safe to use from several threads."""

    def __init__(self) -> None:
        """Start empty."""
        self._answers: BoundedCache[tuple[Profile], bytes] = BoundedCache(MAX_BYTES, len)

    def forget(self, profile: Profile) -> None:
        """Drop the findings of a profile that was closed."""
        self._answers.discard(lambda key: key[0] is profile)

    def known(self, profile: Profile) -> bool:
        """Return True if the findings of a profile are in memory."""
        return self._answers.peek((profile,)) is not None

    def answer(
        self, profile: Profile, kept: Callable[[], bytes | None], keep: Callable[[bytes], None]
    ) -> bytes:
        """Return the findings as JSON: from memory, as `kept`, or made and given to `keep`."""

        def make() -> bytes:
            if (found := kept()) is not None:
                return found
            made = findings_answer(profile)
            keep(made)
            return made

        return self._answers.get((profile,), make)

    def in_background(self, profile: Profile) -> Mapping[str, bytes]:
        """Return the extras to keep with a new index: none of a profile that is quick to look at."""
        if len(profile.samples) < LARGE:
            return {}
        return {EXTRA: self.answer(profile, lambda: None, lambda _: None)}


# Made at import: of two threads that decode into a new type at once, one may see it half made.
_DECODER = msgspec.json.Decoder(Findings)


def findings_answer(profile: Profile) -> bytes:
    """Return the findings of a profile as JSON."""
    return encode(Findings(findings=list(map(_item, find(profile))), missing=_missing(profile)))


def leading_sentence(answer: bytes) -> str:
    """Return the text of the first finding of an answer, empty without any. Raises msgspec.MsgspecError."""
    found = _DECODER.decode(answer).findings
    return found[0].text if found else ""


def _item(found: Finding) -> FindingItem:
    ranges = [(round(start, 6), round(end, 6)) for start, end in found.ranges]
    return FindingItem.of(found, ranges=ranges)


def _missing(profile: Profile) -> list[str]:
    if profile.meta.timed:
        return []
    return ["The samples have no timestamps, so that nothing can be said about when they fell."]
