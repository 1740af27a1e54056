"""The assistant: a reader asks, the library answers with its own sentences, and both are kept."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.assistant.sockets import bind_events
    from hub.assistant.views import blueprint

    app.register_blueprint(blueprint)
    bind_events()
