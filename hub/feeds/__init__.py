"""Atom feeds of what one may read."""

from flask import Flask


def register(app: Flask) -> None:
    """Nothing yet."""
