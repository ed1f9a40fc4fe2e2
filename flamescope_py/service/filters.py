"""The named frame filters of a server or a command: those of the package and those of the user."""

from __future__ import annotations

from flamescope_py.analysis.filters.named import FrameFilter, builtin_filters, load_filters
from flamescope_py.errors import ConfigError
from flamescope_py.settings import Settings


def all_filters(settings: Settings) -> dict[str, FrameFilter]:
    """Return all filters by name; a filter of the user replaces one of the package.

    Raises ConfigError for a file that cannot be used and for a default filter that does not exist.
    """
    filters = dict(builtin_filters())
    if settings.filters_file is not None:
        filters |= load_filters(settings.filters_file)
    for name in settings.default_filters:
        if name not in filters:
            known = ", ".join(sorted(filters))
            raise ConfigError(f"default_filters names {name!r}, which is no filter: there are {known}.")
    return filters
