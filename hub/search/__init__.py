"""One search over topics, posts and documents."""

from flask import Flask


def register(app: Flask) -> None:
    """Nothing yet."""
