"""Parse queries of the profile list and serialize the list.

The JSON of each file that has not been opened is cached. Without parameters the response is FlameScope's
full list. The total for paging is sent as a header, so that the body stays a list.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import orjson
from flask import Response, current_app, request

from flamescope_py.errors import ParameterError
from flamescope_py.service import SORTS, ListAnswer, ListedProfile, ListQuery, ProfileFile, parameters
from flamescope_py.service.parameters import TEXT, Parameter, choice_of
from flamescope_py.web import context, params, wire
from flamescope_py.web.respond import PRIVATE, answer

_KEY = "flamescope_py.listing"
MOST = 1 << 31
MOST_WRITTEN = 400_000
TOTAL, SKIPPED, PENDING = "X-Total-Count", "X-Skipped-Folders", "X-Pending-Files"
AGE = "X-List-Age"

SEARCH = Parameter("search", "Words that a name must all have, whatever their case.", TEXT, default="")
SORT = Parameter("sort", "The order; a minus turns it round.", choice_of(*SORTS), default=SORTS[0])
OFFSET = Parameter("offset", "How many files to leave out.", parameters.integer(0, MOST), default=0)
LIMIT = Parameter("limit", "The maximum number of files, all by default.", parameters.integer(1, MOST))
LIST = (SEARCH, SORT, OFFSET, LIMIT)


def read_query(query: params.Query) -> ListQuery:
    """Parse the query of a list. Raises ParameterError if words exceed the limits of patterns."""
    found = ListQuery(**query.read(LIST))
    most, longest = context.settings().max_patterns, context.settings().max_pattern_chars
    if len(found.words) > most:
        raise ParameterError(
            f"search has {len(found.words)} words: at most {most} are allowed (max_patterns)."
        )
    if any(len(word) > longest for word in found.words):
        raise ParameterError(
            f"search has a word of more than {longest} characters, which max_pattern_chars allows."
        )
    return found


def list_response(found: ListAnswer) -> Response:
    """Build the response."""
    writer: ListWriter = current_app.extensions.setdefault(_KEY, ListWriter())
    written = writer.written(found)
    known = written.tag in request.if_none_match.as_set(include_weak=True)
    response = Response(status=304) if known else answer(written.body)
    response.headers["Cache-Control"] = PRIVATE
    response.set_etag(written.tag, weak=True)
    age = context.service().list_age()
    for name, number in (
        (TOTAL, found.total),
        (SKIPPED, found.skipped),
        (PENDING, found.pending),
        (AGE, age),
    ):
        response.headers[name] = str(number)
    return response


class Written(NamedTuple):
    """A serialized list and its ETag."""

    body: bytes
    tag: str


class ListWriter:
    """Serializes lists of profiles and caches the JSON of files that have not been opened."""

    def __init__(self) -> None:
        """Start with an empty cache."""
        self._written: dict[str, tuple[ProfileFile, orjson.Fragment]] = {}
        self._last: tuple[ListAnswer | None, Written] = (None, Written(b"", ""))

    def written(self, found: ListAnswer) -> Written:
        """Serialize a list. An unchanged list comes from the cache."""
        last, written = self._last
        if last is found:
            return written
        if len(self._written) > MOST_WRITTEN:
            self._written.clear()
        body = orjson.dumps([self._item(profile) for profile in found.profiles])
        written = Written(body, hashlib.sha256(body).hexdigest()[:32])
        if len(found.profiles) == found.total:
            self._last = (found, written)
        return written

    def _item(self, profile: ListedProfile) -> orjson.Fragment:
        file = profile.file
        if profile.samples is not None or profile.error is not None:
            return orjson.Fragment(wire.profile_item(profile))
        known = self._written.get(file.name)
        if known is None or known[0] is not file:
            known = self._written[file.name] = (file, orjson.Fragment(wire.profile_item(profile)))
        return known[1]
