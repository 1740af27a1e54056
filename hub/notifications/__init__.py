"""Telling people what is new, in the page and by mail."""

from flask import Flask


def register(app: Flask) -> None:
    """Nothing yet."""
