"""Signing in with an account at an OpenID provider, where the hub is set up for one."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.provider import models  # noqa: F401 - the tables
    from hub.provider.views import provider

    if app.config["OIDC_ISSUER"]:
        app.register_blueprint(provider)
