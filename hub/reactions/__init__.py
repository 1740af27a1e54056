"""Reactions to posts, and bookmarks."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.own_data import content
    from hub.reactions import operations, words
    from hub.reactions.views import reactions

    app.register_blueprint(reactions)
    app.jinja_env.globals["reaction_words"] = words.reaction_words
    leaving = content.Content(remove=operations.take_all_back, keep=operations.take_all_back)
    content.register("reactions", leaving)
