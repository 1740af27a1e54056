"""The audit log: who did what that only some may do, when, why, and to what. Never content."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.audit.views import blueprint

    app.register_blueprint(blueprint)
