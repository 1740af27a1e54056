"""The style page: every component in both colour schemes. For whoever builds the hub."""

from flask import Flask


def register(app: Flask) -> None:
    """Only outside production: the page says nothing to readers."""
    from hub.style.views import style

    if not app.config["PRODUCTION"]:
        app.register_blueprint(style)
