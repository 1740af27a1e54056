"""Atom feeds of what one may read."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.feeds.account_views import feeds
    from hub.feeds.views import feed

    app.register_blueprint(feeds)
    app.register_blueprint(feed)
