"""Makes the WSGI application: `create_app(settings)`, without any global state."""

from __future__ import annotations

from flask import Flask

from flamescope_py.service import Service
from flamescope_py.settings import Settings
from flamescope_py.web import context, errors, openapi
from flamescope_py.web.middleware import compression, guard, observe, proxy, security
from flamescope_py.web.routes import (
    compare,
    docs,
    filters,
    flamegraph,
    frontend,
    health,
    heatmap,
    imports,
    metrics,
    profiles,
    uploads,
)


def create_app(settings: Settings) -> Flask:
    """Join the service and the routes. Raises ConfigError for settings that cannot be used."""
    app = Flask("flamescope_py", static_folder=None, template_folder=None)
    # Uploads have a bound of their own.
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    # With merging, a redirect would have to name the whole address, which a proxy may have changed.
    app.url_map.merge_slashes = False
    service = Service(settings)
    context.install(app, settings, service)
    observe.mark_routes(app)
    security.install(app, settings)
    guard.install(app, settings)
    errors.install(app)
    compression.install(app)
    for resource in (profiles, uploads, heatmap, flamegraph, compare, filters, imports, openapi):
        app.register_blueprint(resource.blueprint)
    for resource in (health, metrics, docs, frontend):
        app.register_blueprint(resource.blueprint)
    proxy.install(app, settings)
    observe.install(app, settings, metrics.install(app, service))
    return app
