"""The assistant: a reader asks, the library answers with its own sentences, and both are kept."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.assistant import sockets, views

    app.register_blueprint(views.blueprint)
    sockets.register()
