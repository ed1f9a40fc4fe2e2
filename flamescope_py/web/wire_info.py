"""Writes the facts of a profile, the values that a selection can name, and the report of its reader."""

from __future__ import annotations

import orjson

from flamescope_py.service import ProfileInfo, facts


def profile_info(info: ProfileInfo) -> bytes:
    """Write all facts."""
    return orjson.dumps(facts(info))
