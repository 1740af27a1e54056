"""What a reader chooses for themselves: the language of the pages."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.preferences.views import preferences

    app.register_blueprint(preferences)
