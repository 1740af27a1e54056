"""Writing in the forum: new topics, replies, edits, drafts, previews."""

from flask import Flask


def register(app: Flask) -> None:
    """Nothing yet."""
