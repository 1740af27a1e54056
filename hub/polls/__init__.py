"""Polls in posts."""

from flask import Flask


def register(app: Flask) -> None:
    """Nothing yet."""
