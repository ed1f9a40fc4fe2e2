"""The profile directory of tests/api, with one small profile."""

from __future__ import annotations

from tests.api.conftest import profiles

__all__ = ["profiles"]
