"""One's own data: what is kept, as a file to take away, and its erasure."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.own_data import reasons
    from hub.own_data.views import own_data

    reasons.register()
    app.register_blueprint(own_data)
