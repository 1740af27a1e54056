"""The forum: categories, boards, topics and posts."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.forum import models  # noqa: F401 - its tables
