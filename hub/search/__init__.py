"""One search over topics, posts and documents."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.mail.worker import HOURLY
    from hub.search import steps, word_index  # noqa: F401 - the words beside the table
    from hub.search.forgetting import forget_words
    from hub.search.views import search

    app.register_blueprint(search)
    app.jinja_env.globals["search_steps"] = steps
    if forget_words not in HOURLY:
        HOURLY.append(forget_words)
