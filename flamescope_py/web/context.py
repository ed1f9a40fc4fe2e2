"""Typed access to the settings and the service of an application."""

from __future__ import annotations

from typing import NamedTuple, cast

from flask import Flask, current_app

from flamescope_py.service import Service
from flamescope_py.settings import Settings

_KEY = "flamescope_py"


class _Context(NamedTuple):
    settings: Settings
    service: Service


def install(app: Flask, settings: Settings, service: Service) -> None:
    """Attach settings and service to an application."""
    app.extensions[_KEY] = _Context(settings, service)


def service_of(app: Flask) -> Service:
    """Return the service of an application, outside of any request."""
    return cast(_Context, app.extensions[_KEY]).service


def settings_of(app: Flask) -> Settings:
    """Return the settings of an application, outside of any request."""
    return cast(_Context, app.extensions[_KEY]).settings


def settings() -> Settings:
    """Return the settings of the current application."""
    return cast(_Context, current_app.extensions[_KEY]).settings


def service() -> Service:
    """Return the service of the current application."""
    return cast(_Context, current_app.extensions[_KEY]).service
