"""The WSGI application: `create_app(settings)`, without global state."""

from __future__ import annotations

from flask import Flask

from flamescope_py.service import Service
from flamescope_py.settings import Settings
from flamescope_py.settings.member import Member
from flamescope_py.web import context, errors
from flamescope_py.web.middleware import compression, guard, observe, proxy, security
from flamescope_py.web.routes import docs, formats, frontend, health, metrics, notes, openapi, profiles
from flamescope_py.web.routes.analysis import (
    breakdown,
    compare,
    filters,
    findings,
    flamegraph,
    heatmap,
    marks,
    report,
    timeline,
)
from flamescope_py.web.routes.incoming import imports, uploads


def create_app(settings: Settings, member: Member | None = None) -> Flask:
    """Return an application, of one process or of a member of several.

    Raises ConfigError for unusable settings.
    """
    app = Flask("flamescope_py", static_folder=None, template_folder=None)
    # Uploads have their own bound.
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    # Merging redirects to an absolute address, which a proxy may have changed.
    app.url_map.merge_slashes = False
    service = Service(settings, member)
    context.install(app, settings, service)
    observe.mark_routes(app)
    security.install(app, settings)
    guard.install(app, settings, member.token if member else None)
    errors.install(app)
    compression.install(app)
    for resource in (profiles, uploads, heatmap, breakdown, flamegraph, compare, filters, formats, imports):
        app.register_blueprint(resource.blueprint)
    for resource in (findings, marks, notes, report, timeline, openapi, health, metrics, docs, frontend):
        app.register_blueprint(resource.blueprint)
    if settings.fleet is not None:
        from flamescope_py.web.routes import fleet

        app.register_blueprint(fleet.blueprint)
    if settings.accept_otlp:
        from flamescope_py.web.routes.incoming import otlp

        app.register_blueprint(otlp.blueprint)
    proxy.install(app, settings)
    observe.install(app, settings, metrics.install(app, service, member))
    return app
