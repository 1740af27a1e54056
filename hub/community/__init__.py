"""Between the forum and the library: posts in the index, answers in posts."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.community.hearing import hear
    from hub.forum.happenings import listen
    from knowledge import community_models  # noqa: F401 - its tables

    listen("community", hear)
