"""The desk: what waits for staff, and the administration of people."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.desk.views import desk

    app.register_blueprint(desk)
