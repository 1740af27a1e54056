"""Between the forum and the library: posts in the index, answers in posts."""

from flask import Flask


def register(app: Flask) -> None:
    """Nothing yet."""
