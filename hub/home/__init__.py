"""The home page: what this is, the ask box, and what the library holds."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.home.views import home

    app.register_blueprint(home)
