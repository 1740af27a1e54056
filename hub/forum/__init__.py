"""The forum: categories, boards, topics and posts."""

from flask import Flask


def register(app: Flask) -> None:
    """Nothing yet."""
