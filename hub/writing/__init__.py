"""Writing in the forum: new topics, replies, edits, drafts, previews."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.writing import models  # noqa: F401 - its tables
