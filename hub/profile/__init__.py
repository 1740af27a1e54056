"""The profile: a person's name on the hub, their language and time zone, and where notifications
go."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.profile.views import profile

    app.register_blueprint(profile)
