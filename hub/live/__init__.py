"""New posts in an open page."""

from flask import Flask


def register(app: Flask) -> None:
    """Nothing yet."""
