"""What a request handler needs of its application, typed."""

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
    """Give an application its settings and its service."""
    app.extensions[_KEY] = _Context(settings, service)


def service_of(app: Flask) -> Service:
    """Give the service of an application, outside of any request."""
    return cast(_Context, app.extensions[_KEY]).service


def settings_of(app: Flask) -> Settings:
    """Give the settings of an application, outside of any request."""
    return cast(_Context, app.extensions[_KEY]).settings


def settings() -> Settings:
    """Give the settings of the current application."""
    return cast(_Context, current_app.extensions[_KEY]).settings


def service() -> Service:
    """Give the service of the current application."""
    return cast(_Context, current_app.extensions[_KEY]).service
