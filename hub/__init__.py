"""The web application of the hub."""

import os
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from hub import (
    cli,
    database,
    dates,
    deadlocks,
    errors,
    extensions,
    languages,
    logs,
    navigation,
    open_channels,
    open_sockets,
    security,
)
from hub.config import CHECKOUT, settings
from hub.socket_packets import TextPacket


def create_app(
    overrides: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None
) -> Flask:
    """The app, ready to serve. ``overrides`` win over the environment.

    Raises: MissingSetting, with a sentence that says what to set.
    """
    app = Flask(
        __name__,
        template_folder=str(CHECKOUT / "templates"),
        static_folder=str(CHECKOUT / "static"),
    )
    configure(app, overrides or {}, os.environ if environ is None else environ)  # 1
    logs.register(app)  # 2
    bind_extensions(app)  # 3
    open_sockets.register(app)  # 4
    open_channels.register(app)  # 5
    trust_proxies(app)  # 6
    security.register(app)  # 7
    errors.register(app)  # 8
    dates.register(app)  # 9
    navigation.register(app)  # 10
    register_features(app)  # 11
    deadlocks.register(app)  # 12
    cli.register(app)  # 13
    database.bring_up_to_date(app)  # 14
    return app


def configure(app: Flask, overrides: Mapping[str, Any], environ: Mapping[str, str]) -> None:
    app.config.from_mapping(settings(environ))
    app.config.from_mapping(overrides)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}


def bind_extensions(app: Flask) -> None:
    extensions.db.init_app(app)
    extensions.migrate.init_app(app, extensions.db, directory=str(CHECKOUT / "migrations"))
    extensions.csrf.init_app(app)
    extensions.limiter.init_app(app)
    extensions.babel.init_app(
        app,
        locale_selector=languages.choose_language,
        timezone_selector=languages.choose_time_zone,
        default_translation_directories=str(CHECKOUT / "hub" / "translations"),
    )
    # Only the websocket transport: long polling cannot be balanced over several processes.
    extensions.socketio.init_app(
        app, async_mode="threading", transports=["websocket"], serializer=TextPacket
    )


def trust_proxies(app: Flask) -> None:
    """Outermost, so that the sockets too learn the address of the asker and not the proxy's."""
    if proxies := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=proxies
        )


# In this order: what a feature hears of, it hears after those before it.
FEATURES = (
    *("home", "assistant", "library", "mail", "preferences", "style"),
    *("accounts", "second_factor", "desk", "audit", "profile", "own_data", "provider"),
    *("groups", "membership", "people_pages"),
    *("forum", "writing", "arranging", "reactions", "polls", "uploads"),
    *("following", "notifications", "feeds", "live", "moderation", "search", "community"),
)


def register_features(app: Flask) -> None:
    for name in FEATURES:
        import_module(f"hub.{name}").register(app)
