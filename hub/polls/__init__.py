"""Polls in posts."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.own_data import content
    from hub.polls import operations
    from hub.polls.views import polls

    app.register_blueprint(polls)
    leaving = content.Content(remove=operations.remove_all, keep=operations.take_all_back)
    content.register("votes", leaving)
