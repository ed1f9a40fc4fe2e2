"""The HTTP side: one file per resource; nothing below this package knows Flask."""

from flamescope_py.web.app import create_app

__all__ = ["create_app"]
