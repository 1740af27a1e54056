"""The desk: what waits for those who look after the hub, and the people in it."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.desk.views import blueprint

    app.register_blueprint(blueprint)
