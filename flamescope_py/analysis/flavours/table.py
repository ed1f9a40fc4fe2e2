"""All flavours by name."""

from __future__ import annotations

from collections.abc import Callable

from flamescope_py.analysis.flavours.java import java_packages
from flamescope_py.analysis.flavours.nodejs import nodejs, nodejs_packages
from flamescope_py.analysis.rewrite import Rewritten
from flamescope_py.analysis.vocabulary import JAVA_PACKAGES, NODEJS, NODEJS_PACKAGES, STANDARD
from flamescope_py.model import CallTree, FrameTable

Flavour = Callable[[CallTree, FrameTable, bool], Rewritten]

FLAVOURS: dict[str, Flavour | None] = {
    STANDARD: None,
    NODEJS: nodejs,
    NODEJS_PACKAGES: nodejs_packages,
    JAVA_PACKAGES: java_packages,
}
