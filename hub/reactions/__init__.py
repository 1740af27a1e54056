"""Reactions to posts, and bookmarks."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.reactions import models  # noqa: F401 - its tables
